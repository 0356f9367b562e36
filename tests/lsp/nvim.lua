-- SPDX-FileCopyrightText: 2026 The Candor authors
-- SPDX-License-Identifier: GPL-2.0-or-later
-- What a person does in Neovim, with its own client: type, be told, ask, jump. Run by nvim.py.
local candor, root = os.getenv("CANDOR"), os.getenv("ROOT")

local function finish(problem)
  if problem then
    io.stderr:write(problem .. "\n")
    vim.cmd("cquit 1")
  end
  vim.cmd("qall!")
end

local function wait(what, condition)
  if not vim.wait(20000, condition, 20) then
    finish("timed out: " .. what .. ": " .. vim.inspect(vim.diagnostic.get(0)))
  end
end

local function expect(ok, what)
  if not ok then finish("wrong: " .. what) end
end

-- The one setting of docs/editors.md, for each file that is opened.
local client
local function attach()
  client = vim.lsp.start_client({ cmd = { candor, "lsp" }, root_dir = root })
  vim.lsp.buf_attach_client(0, client)
end

local function ask(method, line, column, extra)
  vim.api.nvim_win_set_cursor(0, { line, column })
  local params = vim.lsp.util.make_position_params(0, vim.lsp.get_client_by_id(client).offset_encoding)
  for key, value in pairs(extra or {}) do params[key] = value end
  local answers, problem = vim.lsp.buf_request_sync(0, method, params, 20000)
  expect(answers and answers[client] and not answers[client].error, method .. ": " .. vim.inspect({ answers, problem }))
  return answers[client].result
end

local function codes()
  local found = {}
  for _, d in ipairs(vim.diagnostic.get(0)) do found[d.code] = d end
  return found
end

local function run()
  vim.cmd("edit " .. root .. "/src/things.c")
  attach()
  wait("the server", function() local c = vim.lsp.get_client_by_id(client) return c and c.initialized end)
  -- Type characters outside the basic plane before an annotation, then damage the annotation.
  vim.api.nvim_buf_set_text(0, 6, 0, 6, 0, { "/* \240\159\152\128\228\184\128 */ " })
  local before = #"/* \240\159\152\128\228\184\128 */ "
  vim.api.nvim_buf_set_text(0, 6, before + 17, 6, before + 22, { "alhpa" })
  wait("a finding", function() return codes()["unknown-id"] ~= nil end)
  local d = codes()["unknown-id"]
  expect(d.lnum == 6 and d.col == before, "place " .. vim.inspect(d))
  expect(d.message:find("did you mean 'alpha'"), d.message)
  -- Undone, it is gone.
  vim.cmd("undo")
  vim.cmd("undo")
  wait("no finding", function() return #vim.diagnostic.get(0) == 0 end)
  -- Line 7 is SUPPORT_PROVIDES(alpha, "common").
  local hover = ask("textDocument/hover", 7, 19)
  expect(hover.contents.value:find("Alpha"), vim.inspect(hover))
  local found = ask("textDocument/definition", 8, 19)
  expect(#found == 2 and found[1].uri:find("SUPPORT.md"), vim.inspect(found))
  found = ask("textDocument/completion", 7, 19)
  expect(found.items[1].label == "alpha", vim.inspect(found))
  -- There and back, by the editor's own jump.
  vim.api.nvim_win_set_cursor(0, { 8, 19 })
  vim.lsp.util.jump_to_location(ask("textDocument/definition", 8, 19)[1], "utf-16")
  expect(vim.api.nvim_get_current_line() == "### Beta", vim.api.nvim_get_current_line())
  vim.lsp.buf_attach_client(0, client)
  wait("the statement", function() return vim.lsp.buf_is_attached(0, client) end)
  found = ask("textDocument/definition", vim.api.nvim_win_get_cursor(0)[1], 5)
  vim.lsp.util.jump_to_location(found[1], "utf-16")
  expect(vim.api.nvim_get_current_line():find("SUPPORT_PROVIDES%(beta"), vim.api.nvim_get_current_line())
  print("neovim: ok")
  vim.lsp.stop_client(client)
  finish()
end

local ok, problem = pcall(run)
if not ok then finish(problem) end

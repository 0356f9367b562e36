#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Candor authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""How long a policy takes to be resolved, and how that grows.

A tree of 1,000 features and 500 rules in four layers is resolved from its files, the
process's start and the confined child included; the target is 50 ms, of processor time
always, and by the clock where nothing else runs. Then records of 1,000 to 100,000
features with the same rules are decided again, each beside the plain interpreter lua5.4
(if installed) doing the same rules over the same facts as tables, without sandbox,
dependencies, reasons or lock. Linear growth is a last column that does not rise: a
feature among the most may cost half as much again as among 3,000, for caches.

usage: bench-policy.py CANDOR
"""
import json
import os
import pathlib
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

SIZES = (1000, 3000, 10000, 30000, 100000)
LEVELS = (("Supported", "yes"), ("Tech Preview", "no"), ("Experimental", "no"))
SECTIONS = 20
RULES = 500
LAYERS = ("vendor", "distribution", "site", "host")
TARGET_MS = 50


def level(i):
    """Most features are Supported, as in life."""
    return LEVELS[0 if i % 4 else 1 + i // 4 % 2]


def name(i):
    return f"feature_{i:06d}"


def rules(nr_features):
    """500 sentences in four layers: half by id, half by query, and a few functions."""
    layers = {layer: [] for layer in LAYERS}
    layers["vendor"].append('allow { features { level = "Supported" }, because = "{level}" }')
    layers["vendor"].append('deny { features { security = "no" }, because = "{level}" }')
    layers["vendor"].append('rule("even", function(f)\n'
                            '    if ends_with(f.id, "00") then return allow { because = "round",'
                            ' override = true } end\nend)')
    for i in range(RULES - 3):
        layer = LAYERS[i % 4]
        word = ("allow", "deny")[i // 4 % 2]
        if i % 2:
            who = f'feature "{name(i * 7 % nr_features)}"'
        else:
            who = (f'features {{ section = "Section {i % SECTIONS}", '
                   f'level = "{LEVELS[i % 3][0]}" }}')
        layers[layer].append(f'{word} {{ {who}, override = true, because = "rule {i}" }}')
    return {layer: "\n".join(lines) + "\n" for layer, lines in layers.items()}


def profile():
    """All four layers."""
    lists = ", ".join(f'{layer} = {{ "{layer}" }}' for layer in LAYERS)
    return f'profile {{ title = "Bench", {lists} }}\n'


def needs(i):
    """Chains of ten."""
    return [name(i - 1)] if i % 10 else []


def write_tree(folder, nr):
    """Registry, statement, profile and rules as files."""
    (folder / "policy/profiles").mkdir(parents=True)
    (folder / "policy/rules").mkdir()
    (folder / "support").mkdir()
    (folder / "policy/profiles/supported.lua").write_text(profile())
    for layer, text in rules(nr).items():
        (folder / f"policy/rules/{layer}.lua").write_text(text)
    registry, statement = ["format: 1\nfeatures:\n"], ["# Feature Support\n"]
    for section in range(SECTIONS):
        statement.append(f"\n## Section {section}\n")
        for i in range(section, nr, SECTIONS):
            statement.append(f"\n### Feature {i}\n\n    Status: {level(i)[0]}\n")
            registry.append(f"  - id: {name(i)}\n    title: Feature {i}\n    section: Section "
                            f"{section}\n    owner: core\n    state: built\n" +
                            (f"    needs: [{needs(i)[0]}]\n" if needs(i) else ""))
    (folder / "support/features.yaml").write_text("".join(registry))
    (folder / "SUPPORT.md").write_text("".join(statement))


def facts(nr):
    """The facts of a record."""
    lines = ["target\tx86_64"]
    for i in range(nr):
        lines.append(f"feature\t{name(i)}\tbuilt\nknown as\tFeature {i}\tSection "
                     f"{i % SECTIONS}\tcore\nis\t{level(i)[0]}\t{level(i)[1]}")
        lines += [f"needs\t{need}" for need in needs(i)]
        lines.append(f"claim\t\t{level(i)[0]}\t{level(i)[1]}")
    return "\n".join(lines) + "\n"


def write_record(candor, path, nr):
    """A record of that many features; its lock is what the first run says it is."""
    sources = [{"layer": None, "name": layer, "path": f"policy/rules/{layer}.lua", "text": text}
               for layer, text in rules(nr).items()]
    record = {"format": 1, "decision": "", "facts": facts(nr), "lock": "",
              "profile": {"layer": None, "name": "supported",
                          "path": "policy/profiles/supported.lua", "text": profile()},
              "rules": sources}
    path.write_text(json.dumps(record))
    done = subprocess.run([candor, "policy", "replay", path], stdout=subprocess.PIPE, check=False)
    lines = done.stdout.decode().split("\n")[2:]
    record["lock"] = "".join(line[1:] + "\n" for line in lines if line)
    path.write_text(json.dumps(record))
    return record["lock"].count("feature.")


PLAIN = '''
local features, verdicts = {}, {}
for line in io.lines(arg[1]) do
    local id, title, section, level, security = line:match("(.-)\\t(.-)\\t(.-)\\t(.-)\\t(.*)")
    features[#features + 1] = { id = id, title = title, section = section, level = level,
                                security = security }
end
local by_id = {}
for _, f in ipairs(features) do by_id[f.id] = f end
everything = features
function feature(id) return { by_id[id] } end
function features_of(query)
    local found = {}
    for _, f in ipairs(features) do
        local fits = true
        for key, value in pairs(query) do fits = fits and f[key] == value end
        if fits then found[#found + 1] = f end
    end
    return found
end
_G.features = features_of
local function say(word)
    return function(sentence)
        if not sentence[1] then return { word, sentence.because } end
        for _, f in ipairs(sentence[1]) do verdicts[f.id] = { word, sentence.because } end
    end
end
allow, deny = say("allow"), say("deny")
function ends_with(text, part) return text:sub(-#part) == part end
function rule(name, ask)
    for _, f in ipairs(features) do verdicts[f.id] = ask(f) or verdicts[f.id] end
end
for i = 2, #arg do dofile(arg[i]) end
local on = 0
for _, f in ipairs(features) do
    if verdicts[f.id] and verdicts[f.id][1] == "allow" then on = on + 1 end
end
print(on)
'''


def measure(rounds, command):
    """Least and median wall time, and least CPU time, in ms."""
    walls, cpus = [], []
    for _ in range(rounds):
        before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
        walls.append((time.perf_counter() - start) * 1e3)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        cpus.append((after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) * 1e3)
    return min(walls), statistics.median(walls), min(cpus)


def measure_plain(lua, folder, nr, rounds):
    """The plain interpreter's CPU time for the same rules."""
    data, script = folder / "facts.tsv", folder / "plain.lua"
    data.write_text("".join(f"{name(i)}\tFeature {i}\tSection {i % SECTIONS}\t{level(i)[0]}\t"
                            f"{level(i)[1]}\n" for i in range(nr)))
    script.write_text(PLAIN)
    files = []
    for layer, text in rules(nr).items():
        files.append(folder / f"{layer}.lua")
        files[-1].write_text(text)
    return measure(rounds, [lua, script, data, *files])[2]


def main():
    """Measure, and print."""
    candor, lua = str(pathlib.Path(sys.argv[1]).resolve()), shutil.which("lua5.4")
    sizes = [size for size in SIZES if len(sys.argv) < 3 or size <= int(sys.argv[2])]
    with tempfile.TemporaryDirectory() as name_of_folder:
        folder = pathlib.Path(name_of_folder)
        tree = folder / "tree"
        write_tree(tree, 1000)
        subprocess.run([candor, "policy", "lock", "--tree", tree], stdout=subprocess.DEVNULL,
                       check=True)
        least, median, cpu = measure(30, [candor, "policy", "lock", "--check", "--tree", tree])
        idle = os.getloadavg()[0] < os.cpu_count() / 2
        start = measure(30, [candor, "--version"])
        print(f"1,000 features, {RULES} rules, 4 layers, from files, whole process: least "
              f"{least:.1f} ms, median {median:.1f} ms by the clock, CPU {cpu:.1f} ms "
              f"(target {TARGET_MS} ms); of it to load and start {start[0]:.1f} ms, CPU "
              f"{start[2]:.1f} ms; the machine is {'idle' if idle else 'busy'}")
        print(f"{'features':>9} {'least ms':>9} {'CPU ms':>9} {'lua5.4 ms':>9} "
              f"{'us of CPU a feature':>20}")
        each = {}
        for size in sizes:
            record = folder / "record.json"
            assert write_record(candor, record, size) == size
            rounds = max(2, 20000 // size)
            wall, _, used = measure(rounds, [candor, "policy", "replay", record])
            plain = measure_plain(lua, folder, size, rounds) if lua else float("nan")
            print(f"{size:9d} {wall:9.1f} {used:9.1f} {plain:9.1f} {used * 1e3 / size:20.1f}",
                  flush=True)
            each[size] = used / size
    growth = each[sizes[-1]] / each.get(3000, each[sizes[0]])
    print(f"a feature of {sizes[-1]} costs {growth:.2f} of what one of 3,000 costs")
    return 0 if cpu < TARGET_MS and (not idle or least < TARGET_MS) and growth < 1.5 else 1


if __name__ == "__main__":
    sys.exit(main())

# SPDX-FileCopyrightText: 2026 The Candor authors
# SPDX-License-Identifier: GPL-2.0-or-later
"""matrix-html.py CANDOR: the page, as tidy and a strict HTML5 parser judge it.

Beyond well-formedness: no script but the page's own, which its policy names by digest, no
handler, no other file, links that lead somewhere, rows of equal width, and text of hostile
statements that is still text. What the script does, and that no other runs, is seen in
Chromium, where that is installed.
"""
import base64
import hashlib
import html
import re
import shutil
import sys
import urllib.parse
import warnings

from common import accepts, main, need, run, statements

ELEMENTS = set('html head meta title style body h1 h2 h3 h4 p b br a div table thead tbody tr th '
               'td section pre span dl dt dd ul li nav script'.split())
ATTRIBUTES = set('lang charset name content class id href rel title scope colspan rowspan tabindex '
                 'role aria-label aria-hidden http-equiv'.split())
NAMESPACE = '{http://www.w3.org/1999/xhtml}'
HOSTILE = ('% Small\n\n# Feature Support\n\n## Things & <b>"quoted"</b> \'ones\'\n\n'
           '### <script>alert(1)</script> &lt;tag&gt;\n\n'
           '    Status, <a href="x">y</a>: Supported &amp; <img src=x onerror=y>\n\n'
           'Text </pre></table><script src="https://example.org/x.js"></script> \x1b[31m \x01 '
           '\u202e\u2028 &#0; &bogus; ]]> <!-- -->\n\n### \N{SNOWMAN} wide \u5bbd\n\n'
           '    Status: Experimental\n')


def make(candor, *files):
    """The page of these statements."""
    page = accepts(candor, 'matrix', '--html', '-', *files)
    assert page == accepts(candor, 'matrix', '--html', '-', *files), 'two runs differ'
    return page


def tidy_complaints(page):
    """Errors and warnings of tidy; the page is checked as it is, nothing is repaired."""
    done = run('tidy', '-quiet', '-errors', '--show-info', 'no', '-utf8', input=page)
    assert done.returncode in (0, 1, 2), done
    return done.stderr.decode().splitlines()


def parse(page):
    """The tree of the page; what is not valid HTML5 syntax is an exception."""
    import html5lib
    with warnings.catch_warnings():
        warnings.simplefilter('ignore')
        return html5lib.HTMLParser(strict=True).parse(page.decode(encoding='utf-8'))


def attribute_problems(element, ids):
    """What may not be on an element."""
    for name, value in element.items():
        if name not in ATTRIBUTES:
            yield f'attribute {name}="{value}"'
        elif name == 'href' and value.startswith('#'):
            if urllib.parse.unquote(value[1:], errors='strict') not in ids:
                yield f'a link to {value}, which is not there'
        elif name == 'href' and not re.match(r'https?://', value):
            yield f'a link to {value}'


def width_problems(tree):
    """Rows of a table that are not as wide as the first."""
    for table in tree.iter(NAMESPACE + 'table'):
        widths, over = [], []
        for row in table.iter(NAMESPACE + 'tr'):
            cells = [(int(c.get('colspan', 1)), int(c.get('rowspan', 1))) for c in row]
            widths.append(sum(c for c, _ in cells) + sum(c for c, _ in over))
            over = [(c, r - 1) for c, r in over + cells if r > 1]
        if over or len(set(widths)) != 1:
            yield f'rows of widths {sorted(set(widths))}, {len(over)} cells hang over'


def problems(page):
    """All that is wrong with a page."""
    found = tidy_complaints(page)
    try:
        tree = parse(page)
    except Exception as error:  # html5lib has its own, undocumented ones
        return found + [f'html5lib: {error!r}']
    ids = [e.get('id') for e in tree.iter() if e.get('id') is not None]
    found += [f'id {i} {ids.count(i)} times' for i in sorted(set(ids)) if ids.count(i) > 1]
    scripts = [e.text for e in tree.iter(NAMESPACE + 'script')]
    digest = base64.b64encode(hashlib.sha256((scripts or [''])[0].encode()).digest()).decode()
    if len(scripts) != 1 or f"default-src 'none'; style-src 'unsafe-inline'; script-src " \
            f"'sha256-{digest}'; base-uri 'none'; form-action 'none'" not in page.decode():
        found.append(f'{len(scripts)} scripts, or one that the policy does not name')
    for element in tree.iter():
        name = str(element.tag).replace(NAMESPACE, '')
        if name not in ELEMENTS:
            found.append(f'element {name}')
            continue
        if name == 'style' and re.search(r'url\(|@import|expression', element.text):
            found.append('a style that loads')
        found += attribute_problems(element, ids)
    return found + list(width_problems(tree))


def test_pages(_, candor):
    """Of this project's statement and of every golden case."""
    sets = statements()
    assert len(sets) > 3
    for files in sets:
        page = make(candor, *files)
        assert not problems(page), (files, problems(page))


def test_hostile(folder, candor):
    """Tags, entities and control characters of a statement stay text."""
    path = folder / 'SUPPORT.md'
    path.write_text(HOSTILE, encoding='utf-8')
    page = make(candor, path)
    assert not problems(page), problems(page)
    text = ''.join(parse(page).itertext())
    for piece in ('Things & <b>"quoted"</b> \'ones\'', '<script>alert(1)</script> &lt;tag&gt;',
                  '<a href="x">y</a>', 'Supported &amp; <img src=x onerror=y>',
                  '</pre></table><script src="https://example.org/x.js"></script>',
                  '&#0; &bogus; ]]> <!-- -->', '\N{SNOWMAN} wide \u5bbd'):
        assert piece in text, (piece, text)
    assert not re.search('[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2028\u2029]', text), text


def shown(folder, page):
    """The title that a browser gives the page in the end, and the page as it then is."""
    path = folder / 'page.html'
    path.write_bytes(page)
    done = run('chromium', '--headless', '--no-sandbox', '--disable-gpu', '--dump-dom',
               f'--user-data-dir={folder}/profile', path.as_uri())
    text = done.stdout.decode()
    return html.unescape(re.search('<title>([^<]*)', text).group(1)), text


DRIVER = """<script>
var told = [], rows = document.querySelectorAll.bind(document, 'tbody tr:not(.section)');
var search = document.querySelector('input'), selects = document.querySelectorAll('select');
function tell() {
  search.dispatchEvent(new Event('input'));
  told.push([].filter.call(rows(), function (r) { return !r.hidden && r.id; }).map(
    function (r) { return r.id; }).join(' ') + ' ' +
    document.querySelector('output').textContent);
}
tell();
search.value = 'SECOND thing'; tell(); search.value = '';
selects[0].value = '4'; tell(); selects[1].value = '0'; tell();
selects[0].value = selects[1].value = '-1';
selects[2].value = '0'; tell(); selects[2].value = '1'; tell(); selects[2].value = '2'; tell();
document.title = told.join('; ');
</script></body>"""


def test_script(folder, candor):
    """It searches, filters and sorts; and the browser runs no other."""
    if not shutil.which('chromium'):
        print('not tried in a browser: no chromium')
        return
    path = folder / 'SUPPORT.md'
    path.write_text('# Feature Support\n\n## Things\n\n### Second\n\n    Status, x: Experimental\n'
                    '    Status, y: Supported\n\n### First\n\n    Status: Tech Preview\n\n'
                    '### Third\n\n    Status: Supported\n')
    page = make(candor, path)
    title, text = shown(folder, page.replace(b'</body>', b'<script>document.title="x"</script></body>'))
    assert title == 'Support matrix' and 'class="tools"' in text, title
    page = re.sub(rb'<meta http-equiv[^>]*>', b'', page).replace(b'</body>', DRIVER.encode())
    title, _ = shown(folder, page)
    both = 'second--x second--y'
    assert title.split('; ') == [
        f'{both} first third 3 of 3 features', f'{both} 1 of 3 features', f'{both} 1 of 3 features',
        f'{both} 1 of 3 features', f'first {both} third 3 of 3 features',
        f'{both} third first 3 of 3 features', f'first {both} third 3 of 3 features'], title


def test_refusals(_, candor):
    """Each judge finds what it is there for: pages spoilt in one place each."""
    page = make(candor, statements()[0][0])
    spoils = [
        (b'</a>', b''), (b'<td', b'<td onclick="x()"'), (b'</body>', b'<script>1</script></body>'), (b'sha256-', b'sha256-x'),
        (b"'use strict'", b"'use  strict'"),
        (b'</body>', b'<p id="_texts">x</p></body>'), (b'</body>', b'<a href="#gone">x</a></body>'),
        (b'</body>', b'<a href="javascript:x">x</a></body>'), (b'</body>', b'a & b &bogus;</body>'),
        (b'</body>', b'\x01</body>'), (b'</body>', b'<blink>x</blink></body>'),
        (b'</body>', b'<img src="https://example.org/x"></body>'),
        (b'</tr>', b'<td>x</td></tr>'), (b'</style>', b'p{background:url(x)}</style>'),
        (b'<!DOCTYPE html>', b''), (b'"', b''),
    ]
    for old, new in spoils:
        assert old in page, old
        spoilt = page.replace(old, new, 1)
        assert problems(spoilt), f'{new} is not noticed'
    # Both judges by themselves.
    unclosed = page.replace(b'</table>', b'', 1)
    assert tidy_complaints(unclosed)
    try:
        parse(unclosed)
    except Exception:
        return
    raise AssertionError('html5lib accepts an unclosed table')


if __name__ == '__main__':
    need('html5lib')
    main(sys.modules[__name__], sys.argv[1])

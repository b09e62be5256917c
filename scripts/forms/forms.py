#!/usr/bin/env python3
"""Checks the table of forms in which a name meets a literal with the grammars of the languages, and looks for more.

  forms.py check                  parses every form; prints in which nodes name and value meet, and where they do not parse
  forms.py kinds FOLDER…          counts, in source code, the nodes in which a name and a string meet, and marks those
                                  that no form of the table has

Needs Python 3.11 and `pip install 'tree-sitter-language-pack<1'`, whose wheels hold the grammars. The table is
`tests/it/form_matrix/*.toml`; the test `form_matrix` fills it with random values and asks what gonogo finds.
"""
import collections, pathlib, sys, tomllib

from tree_sitter_language_pack import get_parser

TABLE = pathlib.Path(__file__).resolve().parents[2] / "tests/it/form_matrix"
VALUE = "Kq7vTr0ubZ3x"
WORDS = ["owner", "password"]
ENDINGS = {".py": "python", ".js": "javascript", ".ts": "typescript", ".go": "go", ".rs": "rust", ".java": "java", ".kt": "kotlin",
           ".cs": "csharp", ".c": "c", ".cpp": "cpp", ".rb": "ruby", ".php": "php", ".swift": "swift", ".scala": "scala",
           ".gradle": "groovy", ".dart": "dart", ".ex": "elixir", ".exs": "elixir", ".lua": "lua", ".pl": "perl", ".sh": "bash",
           ".ps1": "powershell", ".tf": "hcl", ".json": "json", ".yml": "yaml", ".yaml": "yaml", ".toml": "toml", ".xml": "xml"}
# What a grammar calls a name, and what it calls a literal.
NAMES = ("identifier", "name", "word", "property_identifier", "field_identifier", "simple_identifier", "variable", "symbol", "atom",
         "bare_key", "constant", "key", "attribute_name", "option", "simple_symbol", "hash_key_symbol", "Name", "alias", "sym_lit", "kwd_lit")
STRINGS = ("string", "literal", "scalar", "AttValue", "CharData", "str_lit", "text", "value")


def table():
    for file in sorted(TABLE.glob("*.toml")):
        for name, language in tomllib.loads(file.read_text()).items():
            yield name, language


def styled(style):
    title = [word.title() for word in WORDS]
    return {"snake": "_".join(WORDS), "camel": WORDS[0] + "".join(title[1:]), "pascal": "".join(title), "kebab": "-".join(WORDS),
            "dotted": ".".join(WORDS), "words": " ".join(WORDS), "header": "-".join(title), "upper": "_".join(WORDS).upper(),
            "title": " ".join(title)}[style]


def filled(language, form):
    style = language["style"]
    for mark, style in [("NAMEPASCAL", "pascal"), ("NAMETITLE", "title"), ("NAME", style), ("CONST", "upper"), ("KEBAB", "kebab"),
                        ("DOTTED", "dotted"), ("SNAKE", "snake"), ("CAMEL", "camel"), ("HEADER", "header")]:
        form = form.replace(mark, styled(style))
    return language.get("prefix", "") + form.replace("OTHER", "Zw4mNd8hLs2p").replace("VALUE", VALUE) + "\n"


def leaves(node):
    if not node.children:
        yield node
    for child in node.children:
        yield from leaves(child)


def meets(text, root):
    """The kinds of the node that has the value, and of the smallest that has the name, too."""
    at = text.find(VALUE.encode())
    node = root.descendant_for_byte_range(at, at + len(VALUE))
    held, names = node, [styled(style).encode() for style in ("snake", "camel", "pascal", "kebab", "dotted", "words", "header", "upper", "title")]
    while node and not any(name in text[node.start_byte:node.end_byte] for name in names):
        node = node.parent
    return held.type, node.type if node else "no name"


def check():
    wrong = 0
    for name, language in table():
        grammar = language.get("grammar", name)
        if not grammar:
            continue
        parser = get_parser(grammar)
        for form, template in language["forms"].items():
            text = filled(language, template).encode()
            root = parser.parse(text).root_node
            value, meeting = meets(text, root)
            print(f"{name}\t{form}\t{meeting}\t{value}{'	does not parse' if root.has_error else ''}")
            wrong += root.has_error
    print(f"{wrong} forms do not parse", file=sys.stderr)


def meetings(root):
    """For each string, the kinds of the nodes up to the first that has a name before it."""
    todo = [root]
    while todo:
        node = todo.pop()
        if any(part in node.type for part in STRINGS) and node.parent and node.end_byte - node.start_byte > 8:
            path, child, parent = [node.type], node, node.parent
            while parent is not None and len(path) < 5:
                path.append(parent.type)
                before = [it for it in parent.children if it.end_byte <= child.start_byte and it.is_named]
                if any(leaf.type in NAMES for it in before for leaf in leaves(it)):
                    yield ">".join(path)
                    break
                child, parent = parent, parent.parent
        else:
            todo.extend(node.children)


def kinds(folders):
    known = collections.defaultdict(set)
    for name, language in table():
        grammar = language.get("grammar", name)
        if grammar:
            for template in language["forms"].values():
                known[grammar].update(meetings(get_parser(grammar).parse(filled(language, template).encode()).root_node))
    seen = collections.defaultdict(collections.Counter)
    for folder in folders:
        for path in sorted(pathlib.Path(folder).rglob("*")):
            grammar = ENDINGS.get(path.suffix)
            if grammar and path.is_file() and path.stat().st_size < 1 << 17:
                seen[grammar].update(meetings(get_parser(grammar).parse(path.read_bytes()).root_node))
    for grammar, counter in sorted(seen.items()):
        total = sum(counter.values())
        covered = sum(count for kind, count in counter.items() if kind in known[grammar])
        print(f"{grammar}: {covered / total:.3f} of {total} strings meet their name as in a form of the table")
        for kind, count in counter.most_common(12):
            print(f"  {count:6} {'  ' if kind in known[grammar] else '- '}{kind}")


if __name__ == "__main__":
    if sys.argv[1:2] == ["check"]:
        check()
    elif sys.argv[1:2] == ["kinds"]:
        kinds(sys.argv[2:])
    else:
        sys.exit(__doc__)

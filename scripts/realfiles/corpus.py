"""A folder of credential files with random contents, and what is true of each place in them."""
import base64, json, pathlib, random, re, string, subprocess

# What is true of a value, by the letter that marks it in a template.
CLASSES = {
    "U": "usable", "R": "reversible", "K": "key beside", "E": "encrypted", "H": "hashed", "P": "public",
}
ALPHABETS = {
    "alnum": string.ascii_letters + string.digits, "lower": string.ascii_lowercase, "digits": string.digits,
    "hex": "0123456789abcdef", "HEX": "0123456789ABCDEF", "base32": "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567",
    "url": string.ascii_letters + string.digits + "-_", "crypt": "./" + string.digits + string.ascii_letters,
}
MARK = re.compile(r"‹([URKEHP.]) ?([^›]*)›")


class Corpus:
    """Files below a folder, and the places in them of which the truth is known."""

    def __init__(self, root, seed):
        self.root, self.random, self.places = pathlib.Path(root), random.Random(seed), []

    def bytes(self, count):
        return self.random.randbytes(count)

    def value(self, kind):
        """Returns a value for what is written in a template: `hex:32`, `pw:14`, `b64:32`, or the text behind `=`."""
        if kind.startswith("="):
            return kind[1:]
        name, _, count = kind.partition(":")
        count = int(count or 16)
        if name == "pw":
            # A password of a manager: all kinds of characters, none that a format would need to escape.
            letters = ALPHABETS["alnum"] + "-_.+"
            while True:
                made = "".join(self.random.choice(letters) for _ in range(count))
                if made[0].isalpha() and made[-1].isalnum() and re.search(r"\d", made) and re.search("[a-z]", made):
                    return made
        if name == "b64":
            return base64.b64encode(self.bytes(count)).decode()
        if name == "b64u":
            return base64.urlsafe_b64encode(self.bytes(count)).decode().rstrip("=")
        if name == "uuid":
            digits = self.value("hex:32")
            return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-a{digits[17:20]}-{digits[20:]}"
        return "".join(self.random.choice(ALPHABETS[name]) for _ in range(count))

    def path(self, name):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        return path

    def text(self, name, tool, template, kind="documented"):
        """Writes a text. `‹U pw:14›` is a usable password of 14 characters, `‹. hex:8›` one of which nothing is said."""
        lines = []
        for number, line in enumerate(template.split("\n"), 1):
            def fill(match):
                value = self.value(match[2])
                if match[1] != ".":
                    self.note(name, number, tool, match[1], kind, value)
                return value
            lines.append(MARK.sub(fill, line))
        self.path(name).write_text("\n".join(lines))

    def whole(self, name, tool, letter, contents, kind="documented", line=None):
        """Writes a file that is one credential as a whole."""
        if contents is not None:
            self.path(name).write_bytes(contents if isinstance(contents, bytes) else contents.encode())
        elif not (self.root / name).is_file():
            raise LookupError(f"{name}: the tool has not written it")
        self.note(name, line, tool, letter, kind)

    def mark(self, name, tool, letter, pattern, kind="real"):
        """Notes the lines of a file that a tool wrote in which `pattern` is."""
        text = self.path(name).read_text(errors="replace")
        found = [number for number, line in enumerate(text.split("\n"), 1) if re.search(pattern, line)]
        if not found:
            raise LookupError(f"{name}: nothing like {pattern!r}")
        for number in found:
            self.note(name, number, tool, letter, kind)

    def note(self, name, line, tool, letter, kind, value=None):
        self.places.append({"file": name, "line": line, "tool": tool, "class": CLASSES[letter], "kind": kind})

    def run(self, *command, **options):
        """Runs a tool in the folder, without a terminal to ask at."""
        options.setdefault("cwd", self.root)
        if "input" not in options:
            options.setdefault("stdin", subprocess.DEVNULL)
        return subprocess.run([str(part) for part in command], check=True, capture_output=True, **options)

    def save(self, path):
        pathlib.Path(path).write_text("\n".join(json.dumps(place) for place in self.places) + "\n")

"""Text as a man page wants it."""
import re


def escaped(text):
    """Characters that roff would read as its own, or print as typographic ones."""
    text = text.replace("\\", "\\e").replace("-", "\\-").replace("`", "\\(ga").replace("'", "\\(aq")
    text = text.replace("^", "\\(ha").replace("~", "\\(ti")
    return "\\&" + text if text.startswith(".") else text


def inline(text):
    """One line of Markdown: code and strong words in bold, links by their text."""
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", text)
    parts = re.split(r"(`[^`]*`|\*\*[^*]*\*\*)", text)
    shown = ""
    for part in parts:
        if len(part) > 1 and part[0] == "`":
            shown += "\\fB" + escaped(part[1:-1]).removeprefix("\\&") + "\\fR"
        elif part.startswith("**"):
            shown += "\\fB" + escaped(part[2:-2]).removeprefix("\\&") + "\\fR"
        else:
            shown += escaped(part).removeprefix("\\&")
    return "\\&" + shown if shown.startswith((".", "'")) else shown


def as_it_stands(lines):
    return [".EX", *[escaped(line) for line in lines], ".EE"]


def title(name, section, version):
    return f'.TH "{name.upper()}" "{section}" "" "realpeer {version}" "realpeer"'

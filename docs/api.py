"""API pages for the site: one Markdown page for each public header, from Doxygen's XML.

usage: api.py XML_FOLDER OUTPUT_FOLDER FOLDER…, in the folder of the project
Prints the pages as a part of mkdocs.yml. Fails if a declaration of a header is on no page.
"""
import pathlib
import re
import sys
import textwrap
import xml.etree.ElementTree as ElementTree

INTERNAL = ("detail", "kernels")
OWN = "rondo::"


def text_of(node):
    return "".join(node.itertext()).replace("&zwj;", "") if node is not None else ""  # as in *&zwj;/


# ---- descriptions: Doxygen's XML as Markdown ----

def escape(text):
    return re.sub(r"([\\`*_\[\]<>])", r"\\\1", text)


def inline(node):
    """The content of a node that fits into a line."""
    if node.tag == "computeroutput":
        return f"`{text_of(node)}`"
    result = escape(node.text or "") if node.tag != "formula" else text_of(node)
    for child in node:
        if child.tag in BLOCKS:
            result += f"\n\n{BLOCKS[child.tag](child)}\n\n{escape(child.tail or '').lstrip()}"
        else:
            result += inline(child) + escape(child.tail or "")
    if node.tag in ("emphasis", "bold"):
        mark = "*" if node.tag == "emphasis" else "**"
        return f"{mark}{result}{mark}"
    if node.tag == "ulink":
        return f"[{result}]({node.get('url')})"
    return result


def parameters(node):
    kinds = {"param": "", "templateparam": "", "exception": "throws ", "retval": "returns "}
    kind = kinds[node.get("kind")]
    lines = []
    for item in node.findall("parameteritem"):
        names = ", ".join(f"`{text_of(name).strip()}`" for name in item.iter("parametername"))
        lines.append(f"* {kind}{names}: {description(item.find('parameterdescription'), ' ')}")
    return "\n".join(lines)


def table(node):
    rows = [[description(cell, " ").replace("|", "\\|") for cell in row] for row in node.findall("row")]
    lines = ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join(lines[:1] + ["|" + " --- |" * len(rows[0])] + lines[1:])


def items(node):
    return "\n".join(f"* {description(item, ' ')}" for item in node.findall("listitem"))


def code(node):
    lines = [text_of(line) for line in node.iter("codeline")]
    return "```cpp\n" + "\n".join(lines).strip("\n") + "\n```"


def listing(node):
    return "```text\n" + textwrap.dedent(text_of(node).strip("\n")) + "\n```"


def aside(node):
    label = {"return": "returns ", "see": "see ", "note": "note: "}.get(node.get("kind"), "")
    return f"* {label}{description(node, ' ')}"


BLOCKS = {
    "parameterlist": parameters,
    "table": table,
    "itemizedlist": items,
    "orderedlist": items,
    "programlisting": code,
    "verbatim": listing,
    "preformatted": listing,
    "simplesect": aside,
}


def description(node, glue="\n\n"):
    """Paragraphs of a description, or of a part of one."""
    if node is None:
        return ""
    parts = [inline(para).strip() for para in node if para.tag == "para"]
    text = re.sub(r"[ \n]*\n\n+", "\n\n", glue.join(part for part in parts if part)).strip()
    return re.sub(r"(?m)^(\* .*)\n\n(?=\* )", r"\1\n", text)


def documentation(node):
    parts = [description(node.find(name)) for name in ("briefdescription", "detaileddescription")]
    return "\n\n".join(part for part in parts if part)


# ---- declarations ----

def tidy(text):
    text = re.sub(r"\s+", " ", text).replace("< ", "<").replace(" >", ">").replace("( ", "(")
    text = re.sub(r" ?([*&]+) ?(?=[\w.])", r"\1 ", text)  # T* x, const T& x
    text = re.sub(r" ([*&]+)(?=[>),;]|$)", r"\1", text)
    text = re.sub(r"(?<=[\w>)\]])=(?=[\w{(\"-])", " = ", text)
    return text.replace(OWN, "").strip()


def template_of(node):
    parameters_ = node.find("templateparamlist")
    if parameters_ is None or not len(parameters_):
        return ""
    names = []
    for param in parameters_:
        name = text_of(param.find("type"))
        if param.find("declname") is not None:
            name += " " + text_of(param.find("declname"))
        if param.find("defval") is not None:
            name += " = " + text_of(param.find("defval"))
        names.append(tidy(name))
    line = f"template <{', '.join(names)}>\n"
    if node.find("requiresclause") is not None:
        line += f"  requires {tidy(text_of(node.find('requiresclause')))}\n"
    return line


def function(node):
    name = text_of(node.find("name"))
    front = [word for word in ("static", "explicit") if node.get(word) == "yes"]
    if node.get("virt") in ("virtual", "pure-virtual"):
        front.append("virtual")
    front.append(text_of(node.find("type")))
    arguments = tidy(text_of(node.find("argsstring")))
    line = tidy(" ".join(part for part in front if part)) + " " + name + arguments
    if len(line) > 96 and node.findall("param"):
        line = break_arguments(line)
    return template_of(node) + line.strip() + ";"


def break_arguments(line):
    """One argument a line, if there are several."""
    begin, depth = line.index("("), 0
    out = line[:begin]
    for character in line[begin:]:
        depth += (character in "(<{[") - (character in ")>}]")
        out += character
        if character == "," and depth == 1:
            out = out + "\n   "
    return out


def variable(node):
    parts = [text_of(node.find(name)) for name in ("type", "name", "argsstring", "initializer")]
    return template_of(node) + tidy(f"{parts[0]} {parts[1]}{parts[2]} {parts[3]}") + ";"


def enumeration(node):
    values = [(text_of(v.find("name")), documentation(v)) for v in node.findall("enumvalue")]
    strong = "class " if node.get("strong") == "yes" else ""
    lines = [f"enum {strong}{text_of(node.find('name'))} {{ " + ", ".join(v for v, _ in values) + " };"]
    return "\n".join(lines), "\n".join(f"* `{name}`: {text}" for name, text in values if text)


def alias(node):
    definition = tidy(text_of(node.find("definition")))
    name = text_of(node.find("name"))
    if definition.startswith("using"):
        return template_of(node) + f"using {name} = {tidy(text_of(node.find('type')))};"
    return template_of(node) + definition + ";"


def declaration(node):
    """Its text, and what is to be said of it beside its documentation."""
    kind = node.get("kind")
    if kind == "function":
        return function(node), ""
    if kind == "variable":
        return variable(node), ""
    if kind == "enum":
        return enumeration(node)
    if kind == "typedef":
        return alias(node), ""
    return tidy(text_of(node.find("definition"))) + ";", ""


# ---- pages ----

class Page:
    def __init__(self, header, title):
        self.header, self.title = header, title
        self.entries = []  # (line, Markdown)

    def markdown(self):
        source = f'```cpp\n#include "rondo/{self.header}"\n```'
        entries = "\n\n".join(text for _, text in sorted(self.entries, key=lambda entry: entry[0]))
        return f"# {self.header}\n\n{self.title}\n\n{source}\n\n{entries}\n"


def members(nodes, level):
    """Members in their order; overloads that follow one another share a heading, and so do assignment and destructor."""
    out, last, special = [], None, []
    for node in nodes:
        name = text_of(node.find("name"))
        text, more = declaration(node)
        if name == "operator=" or name.startswith("~"):
            special.append(text)
            continue
        if name != last:
            out.append(f"{'#' * level} {escape(name)}")
        last = name
        out.append(f"```cpp\n{text}\n```")
        out += [part for part in (documentation(node), more) if part]
    if special:
        lines = "\n".join(special)
        out.append(f"{'#' * level} Assignment, destruction\n\n```cpp\n{lines}\n```")
    return "\n\n".join(out)


def fields(nodes):
    """The data of a struct: one list."""
    out = []
    for node in nodes:
        text = variable(node).rstrip(";")
        said = documentation(node).replace("\n\n", " ")
        out.append(f"* `{text}`" + (f": {said}" if said else ""))
    return "\n".join(out)


def head_of(name, path):
    """`class GRU : public RNN<T>`, from the source: Doxygen shows bases with other arguments."""
    source = pathlib.Path(path).read_text()
    head = re.search(rf"(?m)^ *((?:class|struct) {name}\b[^;{{]*?)\s*\{{", source)
    return re.sub(r"\s+", " ", head.group(1))


def compound(node):
    name = text_of(node.find("compoundname")).removeprefix(OWN)
    head = template_of(node) + head_of(name.split("::")[-1], node.find("location").get("file")) + ";"
    out = [f"## {escape(name)}", f"```cpp\n{head}\n```", documentation(node)]
    every = [m for section in node.findall("sectiondef") for m in section.findall("memberdef")]
    every.sort(key=lambda member: int(member.find("location").get("line")))
    public = [m for m in every if m.get("prot") == "public" and m.get("kind") != "friend"]
    data = [m for m in public if m.get("kind") == "variable" and m.get("static") == "no"]
    out.append(fields(data))
    out.append(members([m for m in public if m not in data], 3))
    protected = [m for m in every if m.get("prot") == "protected" and m.get("kind") != "friend"]
    if protected and node.get("final") != "yes":
        out += ["**For derived classes**", members(protected, 3)]
    return "\n\n".join(part for part in out if part)


def is_internal(name):
    return "detail" in name.split("::")


def first_comment(path):
    """What a header says of itself."""
    lines = []
    for line in path.read_text().splitlines():
        if not line.startswith("///"):
            break
        lines.append(line[3:].removeprefix(" "))
    title = "\n".join(lines)
    if "|" in title:
        return "```text\n" + title + "\n```"
    return re.sub(r"(?m)^  +(.*)$", r"    \1", title.replace("<", "\\<"))


def concept(node, page):
    definition = text_of(node.find("initializer"))
    name = text_of(node.find("compoundname")).removeprefix(OWN)
    body = re.sub(r"[ \t]+", " ", definition).replace(OWN, "").replace("\n concept", "\nconcept").strip()
    page.entries.append((int(node.find("location").get("line")),
                         f"## {escape(name)}\n\n```cpp\n{body};\n```\n\n{documentation(node)}"))


def read_pages(xml, folders):
    headers = sorted(path for folder in folders for path in pathlib.Path(folder).rglob("*.hpp")
                     if not set(path.parts) & set(INTERNAL))
    pages = {str(header): Page(str(header), first_comment(header)) for header in headers}
    for path in sorted(xml.glob("*.xml")):
        for node in ElementTree.parse(path).getroot().findall("compounddef"):
            name = text_of(node.find("compoundname"))
            if is_internal(name) or not (name + "::").startswith(OWN):
                continue
            if node.get("kind") in ("class", "struct") and node.get("prot") == "public":
                location = node.find("location")
                pages[location.get("file")].entries.append((int(location.get("line")), compound(node)))
            elif node.get("kind") == "concept":
                concept(node, pages[node.find("location").get("file")])
            elif node.get("kind") == "namespace":
                add_free(node, name, pages)
    return pages


def add_free(node, namespace, pages):
    """Functions, types and constants of a namespace: neighbours of one name share a heading."""
    every = [m for section in node.findall("sectiondef") for m in section.findall("memberdef")]
    by_file = {}
    for member in every:
        location = member.find("location")
        place = location.get("declfile") or location.get("file")
        line = int(location.get("declline") or location.get("line"))
        by_file.setdefault(place, []).append((line, member))
    prefix = namespace.removeprefix("rondo").removeprefix("::")
    for place, found in by_file.items():
        found.sort(key=lambda entry: entry[0])
        groups = []
        for line, member in found:
            name = text_of(member.find("name"))
            if groups and groups[-1][1] == name:
                groups[-1][2].append(member)
            else:
                groups.append((line, name, [member]))
        for line, name, group in groups:
            text = members(group, 2)
            if prefix:
                text = text.replace(f"## {escape(name)}", f"## {prefix}::{escape(name)}", 1)
            pages[place].entries.append((line, text))


def check_all_there(pages):
    """Names that a header declares at the left margin, outside of detail, must have a heading or a listing."""
    missing = []
    for header, page in pages.items():
        text = re.sub(r"(?ms)^namespace (rondo::)?detail \{.*?^\}  // namespace (rondo::)?detail$", "", pathlib.Path(header).read_text())
        names = re.findall(r"(?m)^(?:class|struct|enum class|concept|using) (\w+)(?= \{| :| final| =)", text)
        names += re.findall(r"(?m)^(?:\[\[nodiscard\]\] |inline |constexpr )*[\w:<>]+(?: const)?&? (\w+)\(", text)
        shown = page.markdown()
        missing += [f"{header}: {name}" for name in names if not re.search(rf"\b{name}\b", shown.split("\n", 4)[-1])]
    if missing:
        sys.exit("api.py: on no page: " + ", ".join(missing))


def first_sentence(page):
    text = page.title.replace("```text", "").replace("\n", " ").strip()
    return re.split(r"(?<=[.:])\s", text, maxsplit=1)[0].rstrip(":")


def write(pages, output):
    """The pages, a page that lists them, and on standard output their part of mkdocs.yml."""
    index = ["# API reference", "", "Every public header, and what it is for. `rondo/rondo.hpp` includes what most programs"
             " need."]
    print("  - API:\n    - All headers: api/README.md")
    last = None
    for header, page in sorted(pages.items(), key=lambda entry: (pathlib.Path(entry[0]).parent, entry[0])):
        folder, file = pathlib.Path(header).parent, pathlib.Path(header).name
        if folder != last:
            index += ["", f"## {folder}", "", "| header | |", "| --- | --- |"]
            print(f"    - {folder}:")
            last = folder
        name = header.removesuffix(".hpp")
        index.append(f"| [`{file}`]({name}.md) | {first_sentence(page)} |")
        print(f"      - {file}: api/{name}.md")
        path = output / f"{name}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(page.markdown())
    (output / "README.md").write_text("\n".join(index) + "\n")


def main(xml, output, *folders):
    pages = read_pages(pathlib.Path(xml), folders)
    check_all_there(pages)
    write(pages, pathlib.Path(output))


main(*sys.argv[1:])

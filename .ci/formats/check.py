"""Gives the reports of a run to programs from PyPI that read them. Usage: check.py REPORTS, in the folder that is the project's root to GitLab."""

import html.parser
import importlib.metadata
import json
import os
import pathlib
import re
import subprocess
import sys

import cmarkgfm
import haralyzer
import jsonschema
import junitparser
from cmarkgfm.cmark import Options
from lxml import etree

reports = pathlib.Path(sys.argv[1])
results = json.loads((reports / "results.json").read_text("utf-8"))
verdicts = [r["verdict"] for r in results["results"]]
failed = sum(v in ("FAIL", "NOT_TESTABLE", "XPASS") for v in verdicts)
errors = verdicts.count("HARNESS_ERROR")
bad = 0


def tell(name, what, problems, said=""):
    global bad
    bad += len(problems)
    word = "NOT OK" if problems else "ok    "
    print(f"  {word}  {what}: {name} {importlib.metadata.version(name)}{': ' + said if said else ''}")
    for p in problems[:10]:
        print(f"          {p}")


def differ(**pairs):
    return [f"{name}: got {got}, wanted {want}" for name, (got, want) in pairs.items() if got != want]


entries = json.loads((reports / "exchanges.har").read_text("utf-8"))
har = haralyzer.HarParser(entries)
paged = sum(len(p.entries) for p in har.pages)
tell("haralyzer", "HAR", differ(entries=(paged, len(entries["log"]["entries"]))), f"{len(har.pages)} pages, {paged} entries")

for name in ("junit.xml", "junit-jenkins.xml", "junit-gitlab.xml"):
    file = reports / name
    read = junitparser.JUnitXml.fromfile(str(file))
    told = [{type(r) for r in case.result} for suite in read for case in suite]
    cases, failures, broken = len(told), sum(junitparser.Failure in kinds for kinds in told), sum(junitparser.Error in kinds for kinds in told)
    problems = differ(cases=(cases, len(verdicts)), failures=(failures, failed), errors=(broken, errors), said=((read.tests, read.failures, read.errors), (cases, failures, broken)))
    if file.stat().st_size > 30_000_000:
        problems.append(f"{file.stat().st_size} bytes are more than GitLab reads")
    tell("junitparser", name, problems, f"{cases} cases, {failures} failures")
    page = reports / (name + ".2html")
    made = subprocess.run([sys.executable, "-m", "junit2htmlreport", str(file), str(page)], capture_output=True, text=True)
    shown = page.read_text("utf-8") if made.returncode == 0 else ""
    lacking = [r["requirement"] for r in results["results"] if r["requirement"] not in shown]
    tell("junit2html", name, ([made.stderr] if made.returncode else []) + lacking)

outputs = [case.system_out or "" for suite in junitparser.JUnitXml.fromfile(str(reports / "junit-gitlab.xml")) for case in suite]
attached = [path for text in outputs for path in re.findall(r"\[\[ATTACHMENT\|(.*?)\]\]", text)]
missing = [p for p in attached if not pathlib.Path(p).is_file() or os.path.isabs(p)]
tell("junitparser", "attachments", missing + ([] if attached or not failed else ["a red run has none"]), f"{len(attached)} files, where GitLab looks for them")

xsd = os.environ.get("JUNIT10_XSD")
if xsd:
    schema = etree.XMLSchema(etree.parse(xsd))
    broken = [] if schema.validate(etree.parse(str(reports / "junit-jenkins.xml"))) else [str(e) for e in schema.error_log]
    if schema.validate(etree.parse(str(reports / "junit.xml"))):
        broken.append("it lets pass the rich dialect, too: is it the right schema?")
    tell("lxml", "junit-jenkins.xml against junit-10.xsd", broken)
else:
    print("  --      junit-jenkins.xml: not held against Jenkins' junit-10.xsd: name its path in JUNIT10_XSD")


class Tags(html.parser.HTMLParser):
    """What GitHub's own Markdown makes of the summary: nothing that leads anywhere or is loaded."""

    allowed = {"h2", "p", "table", "thead", "tbody", "tr", "th", "td", "strong", "details", "summary", "pre", "code", "blockquote"}

    def __init__(self):
        super().__init__()
        self.found, self.problems = {}, []

    def handle_starttag(self, tag, attrs):
        self.found[tag] = self.found.get(tag, 0) + 1
        if tag not in self.allowed:
            self.problems.append(f"<{tag} {attrs}> at {self.getpos()}")


summary = (reports / "summary.md").read_text("utf-8")
tags = Tags()
tags.feed(cmarkgfm.github_flavored_markdown_to_html(summary, Options.CMARK_OPT_UNSAFE))
if len(summary.encode()) > 1 << 20:
    tags.problems.append("it is longer than GitHub takes")
if tags.found.get("h2") != 1 or failed and (tags.found.get("table", 0) != 2 or not tags.found.get("pre")):
    tags.problems.append(f"its tables, head or screens are not seen as such: {tags.found}")
tell("cmarkgfm", "summary", tags.problems, f"{len(summary.encode())} bytes, {tags.found.get('details', 0)} folded parts")

validator = jsonschema.Draft202012Validator(json.loads(pathlib.Path("journal.schema.json").read_text("utf-8")))
lines = (reports / "journal.jsonl").read_text("utf-8").split("\n")[:-1]
wrong = [f"line {i + 1}: {e.message[:200]}" for i, line in enumerate(lines) for e in validator.iter_errors(json.loads(line))]
tell("jsonschema", "journal", wrong, f"{len(lines)} lines")
validator = jsonschema.Draft202012Validator(json.loads(pathlib.Path("results.schema.json").read_text("utf-8")))
tell("jsonschema", "results", [e.message[:200] for e in validator.iter_errors(results)])

sys.exit(1 if bad else 0)

package report

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"resize-conformance/harness/journal"
)

// AttachmentsDir is the folder of what junit-gitlab.xml attaches to its cases.
const AttachmentsDir = "junit-gitlab-attachments"

// attachmentLimit is how many bytes the attachment of one case may have.
const attachmentLimit = 1 << 20

// DefaultAttachmentsLimit is how many bytes all attachments together may have: GitLab takes 100 MB of artifacts of one job unless its owner allows more
// (docs.gitlab.com, "Maximum artifacts size"), and there are the other reports.
const DefaultAttachmentsLimit = 40_000_000

func (o Options) attachmentsLimit() int {
	if o.AttachmentsLimit > 0 {
		return o.AttachmentsLimit
	}
	return DefaultAttachmentsLimit
}

// withoutAttachments takes from a text what GitLab, and a plugin of Jenkins, would read as the path of an attachment: a server must not choose it.
func withoutAttachments(s string) string {
	return strings.ReplaceAll(s, "[[ATTACHMENT", "[ [ATTACHMENT")
}

// attach writes a text for every row that is explained by exchanges, with all of these, and gives their names by that of the row; "" where there was no room for
// one. The folder appears whole, or not at all.
func attach(dir string, run *journal.Run, o Options) (attached map[string]string, err error) {
	whole := filepath.Join(dir, AttachmentsDir)
	if err := os.RemoveAll(whole); err != nil {
		return nil, err
	}
	half, err := os.MkdirTemp(dir, "."+AttachmentsDir+".*")
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			_ = os.RemoveAll(half)
		}
	}()
	attached = map[string]string{}
	room := o.attachmentsLimit()
	for i, row := range run.Rows() {
		if !showsScreen(row.Verdict) || isCase(row) || len(row.Exchanges) == 0 && row.Finding == nil {
			continue
		}
		attached[row.Name()] = ""
		if room == 0 {
			continue
		}
		text := attachment(run, row)
		if room -= len(text); room < 0 {
			room = 0 // from here on none: which ones are there must not depend on their sizes
			continue
		}
		name := fmt.Sprintf("%04d-%s.txt", i+1, fileName(row.Requirement))
		if err := os.WriteFile(filepath.Join(half, name), text, 0o644); err != nil {
			return nil, err
		}
		attached[row.Name()] = name
	}
	if err := os.Chmod(half, 0o755); err != nil {
		return nil, err
	}
	return attached, os.Rename(half, whole)
}

// fileName is an id fit for the name of a file on every system.
func fileName(id string) string {
	return strings.Map(func(r rune) rune {
		if r == '-' || r == '_' || r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' {
			return r
		}
		return '_'
	}, head(id, 60))
}

// attachment is what explains a row, with every exchange of it as it was on the wire.
func attachment(run *journal.Run, row journal.Result) []byte {
	var b bytes.Buffer
	b.WriteString(Screen(run, row, Style{}))
	ids := row.Exchanges
	if f := row.Finding; f != nil && f.Exchange != 0 && len(ids) == 0 {
		ids = []int64{f.Exchange}
	}
	for i, id := range ids {
		x := run.Exchange(id)
		if x == nil {
			continue
		}
		var one bytes.Buffer
		writeExchange(&one, x)
		if b.Len()+one.Len() > attachmentLimit {
			fmt.Fprintf(&b, "\n(%d more exchanges are left out to keep this file under %d bytes; they are in %s)\n", len(ids)-i, attachmentLimit, journal.FileName)
			break
		}
		b.Write(one.Bytes())
	}
	return b.Bytes()
}

func writeExchange(out *bytes.Buffer, x *journal.Exchange) {
	w := bufio.NewWriter(out)
	fmt.Fprintf(w, "\n---- exchange %d %s ----\n", x.ID, x.Operation)
	message := func(first string, header []journal.Header, body journal.Body) {
		fmt.Fprintln(w, printable(first))
		for _, h := range header {
			fmt.Fprintln(w, printable(h.Name+": "+h.Value))
		}
		fmt.Fprintln(w)
		switch {
		case body.Base64 != "":
			fmt.Fprintf(w, "(%d bytes that are no UTF-8 text, in base64) %s\n", body.Size, body.Base64)
		case body.Text != "":
			fmt.Fprintln(w, printable(body.Text))
		}
		if body.Truncated {
			fmt.Fprintf(w, "(cut: %d bytes were seen)\n", body.Size)
		}
	}
	message(strings.TrimSpace(x.Method+" "+x.URL+" "+x.Proto), x.RequestHeader, x.RequestBody)
	fmt.Fprintln(w)
	message(answer(x), x.ResponseHeader, x.ResponseBody)
	_ = w.Flush() // into memory
}

// Package report holds what the families of checks share in making findings.
package report

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"github.com/ddbvet/ddbvet/passes/finding"
	"github.com/ddbvet/ddbvet/passes/internal/compose"
	"github.com/ddbvet/ddbvet/passes/internal/guard/access"
	"github.com/ddbvet/ddbvet/passes/internal/summary"
)

// A Check is one check of a family.
type Check struct {
	Name string
	// Doc is the check's page; its first line is "name: summary".
	Doc string
	// On is false for an advisory check.
	On bool
	// Fix says what the suggested fix does; empty when there is none.
	Fix string
}

// Finding begins a finding of the check at a place in a function: message is without the check's name, schedule is
// what two clients, or two attempts, do. Reads, writes and what lies between them are for the caller to add.
func (c Check) Finding(confidence, message string, at finding.Pos, in *summary.Summary, schedule ...finding.Step) finding.Finding {
	return finding.Finding{
		Check: c.Name, Confidence: confidence, URL: URL(c.Name), Message: message + ": " + c.Name,
		Pos: at, Function: Function(in), Schedule: schedule,
		Reads: []finding.Access{}, Writes: []finding.Access{}, Fixes: []finding.Fix{},
	}
}

// URL is the page of a check.
func URL(check string) string {
	return "https://github.com/ddbvet/ddbvet/blob/main/docs/checks/" + check + ".md"
}

// Access renders a read or a write.
func Access(u *compose.Universe, a *access.Access) finding.Access {
	out := finding.Access{
		Op: a.Op, Table: access.TableWords(u.Arena, a.Table), File: a.Item.Pos.File, Line: a.Item.Pos.Line, Col: a.Item.Pos.Col, Via: a.Item.Via,
		Key: a.KeyWords(u.Arena),
	}
	out.Actions, out.Action = len(a.Tx), slices.Index(a.Tx, a)
	if out.Via == nil {
		out.Via = []finding.Frame{}
	}
	if a.Item.Writes() {
		out.Guard = access.GuardWords(a)
	}
	return out
}

// Function renders a function.
func Function(s *summary.Summary) finding.Function {
	return finding.Function{Name: s.Name, File: s.Pos.File, Line: s.Pos.Line, Package: s.Package}
}

// Within names an item and the function that carries it out.
func Within(op string, it *compose.Item) string {
	if n := len(it.Via); n > 0 {
		return op + " in " + it.Via[n-1].Name
	}
	return op
}

// Number gives the findings of one function their fingerprints, which hold no line numbers.
func Number(fs []finding.Finding) {
	seen := map[string]int{}
	for i := range fs {
		f := &fs[i]
		var parts []string
		parts = append(parts, f.Check, f.Function.Package, f.Function.Name)
		for _, a := range append(slices.Clone(f.Reads[:min(1, len(f.Reads))]), f.Writes...) {
			parts = append(parts, a.Op, a.Table)
			for _, v := range a.Via {
				parts = append(parts, v.Name)
			}
		}
		text := strings.Join(parts, "\x00")
		seen[text]++
		sum := sha256.Sum256(fmt.Appendf(nil, "%s\x00%d", text, seen[text]))
		f.Fingerprint = hex.EncodeToString(sum[:8])
	}
}

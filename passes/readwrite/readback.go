package readwrite

import (
	_ "embed"
	"slices"

	"github.com/ddbvet/ddbvet/passes/finding"
	"github.com/ddbvet/ddbvet/passes/internal/compose"
	"github.com/ddbvet/ddbvet/passes/internal/guard"
	"github.com/ddbvet/ddbvet/passes/internal/report"
)

//go:embed readback.md
var readbackDoc string

var readback = Check{Check: report.Check{
	Name: guard.Readback, Doc: readbackDoc, Fix: "takes the number from the answer of the update, where the read is beside it",
}}

// readBacks reports the numbers that the bodies take from a second request, each read once: as seen from the
// function that is nearest to the counter.
func readBacks(u *compose.Universe, bodies []*compose.Body) []finding.Finding {
	var out []finding.Finding
	for _, b := range bodies {
		if b.Silent {
			continue
		}
		var here []finding.Finding
		for _, r := range guard.ReadBacks(u, b) {
			f := numberRead(u, b, r)
			if !slices.ContainsFunc(slices.Concat(out, here), func(g finding.Finding) bool { return f.Pos == g.Pos }) {
				here = append(here, f)
			}
		}
		report.Number(here)
		out = append(out, here...)
	}
	return out
}

// numberRead makes the finding: at the read, in the function that raises the counter and reads it.
func numberRead(u *compose.Universe, b *compose.Body, r guard.ReadBack) finding.Finding {
	raise, read := report.Within(r.Raise.Op, r.Raise.Item), report.Within(r.Read.Op, r.Read.Item)
	write := report.Within(r.Write.Op, r.Write.Item)
	f := readback.Finding(finding.High,
		"counter read back: "+write+" stores "+r.Attr+" as "+read+" read it after "+raise+" raised it, and another client can raise it in between, so that two get one number",
		b.RootPos[r.Read.Item.Root], b.Summary,
		finding.Step{Client: "A", Does: raise + " raises " + r.Attr + " to 1"},
		finding.Step{Client: "B", Does: raise + " raises " + r.Attr + " to 2"},
		finding.Step{Client: "A", Does: read + " reads 2"},
		finding.Step{Client: "B", Does: read + " reads 2"},
		finding.Step{Client: "B", Does: write + " stores 2"},
		finding.Step{Client: "A", Does: write + " stores 2 as well: nobody has the number 1"})
	f.Reads = append(f.Reads, report.Access(u, r.Read))
	f.Writes = append(f.Writes, report.Access(u, r.Write), report.Access(u, r.Raise))
	f.Depends = []finding.Dependence{{On: r.Attr, Kind: "value"}}
	atCounter(u, b, &f, r)
	return f
}

// atCounter moves a finding to the function that raises the counter and reads it, where the package at hand holds it.
func atCounter(u *compose.Universe, b *compose.Body, f *finding.Finding, r guard.ReadBack) {
	raise, read := r.Raise.Item.Via, r.Read.Item.Via
	shared := 0
	for shared < min(len(raise), len(read)) && raise[shared] == read[shared] {
		shared++
	}
	if shared == 0 {
		return
	}
	fn, silent, ok := u.Function(read[shared-1].ID)
	if !ok || silent || !u.Whole && fn.Package != b.Package {
		return
	}
	f.Function, f.Pos = fn, r.Read.Item.Pos
	if shared < len(read) {
		f.Pos = finding.Pos{File: read[shared].File, Line: read[shared].Line}
	}
}

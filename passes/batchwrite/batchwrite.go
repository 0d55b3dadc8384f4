// Package batchwrite holds the checks for batches and for transactions that are cut in pieces: what DynamoDB leaves
// undone, what a batch cannot keep together, and what it overwrites unseen.
package batchwrite

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/ddbvet/ddbvet/passes/finding"
	"github.com/ddbvet/ddbvet/passes/internal/compose"
	"github.com/ddbvet/ddbvet/passes/internal/guard/access"
	"github.com/ddbvet/ddbvet/passes/internal/guard/batch"
	"github.com/ddbvet/ddbvet/passes/internal/guard/delivery"
	"github.com/ddbvet/ddbvet/passes/internal/report"
	"github.com/ddbvet/ddbvet/passes/readwrite"
)

// Checks are all checks of the family.
func Checks() []report.Check {
	return []report.Check{unprocessed, batchAtomicity, batchOverwrite, guardBypass, blindBatch, chunkedTransaction, tornSequence}
}

// Find reports the mistakes of the bodies, in the order of the bodies.
func Find(u *compose.Universe, bodies []*compose.Body) []finding.Finding {
	var out []finding.Finding
	guards := sync.OnceValue(func() *batch.Guards { return batch.TakeGuards(u, bodies) })
	for _, b := range bodies {
		if b.Silent {
			continue
		}
		for _, f := range inBody(u, b, guards) {
			if k := slices.IndexFunc(out, func(g finding.Finding) bool { return sameWrites(f, g) }); k < 0 {
				out = append(out, f)
			} else if calls(f) < calls(out[k]) {
				out[k] = f
			}
		}
	}
	sources(u, bodies, out)
	if slices.ContainsFunc(bodies, batches) {
		out = append(out, unguarded(u, guards(), out)...)
	}
	return out
}

// sameWrites reports two findings about the same two writes, which several functions lead to.
func sameWrites(f, g finding.Finding) bool {
	return f.Check == g.Check && len(f.Writes) == 2 && len(g.Writes) == 2 && !slices.ContainsFunc([]int{0, 1}, func(i int) bool {
		x, y := f.Writes[i], g.Writes[i]
		return x.File != y.File || x.Line != y.Line || len(x.Via) > 0 && len(y.Via) > 0 && x.Via[len(x.Via)-1] != y.Via[len(y.Via)-1]
	})
}

// calls is how many calls lead to the writes of a finding.
func calls(f finding.Finding) int {
	n := 0
	for _, w := range f.Writes {
		n += len(w.Via)
	}
	return n
}

// sources adds to the batches that lose items the reads that chose those items, also where that was in a caller.
func sources(u *compose.Universe, bodies []*compose.Body, fs []finding.Finding) {
	byPlace := map[finding.Pos]*finding.Finding{}
	for i := range fs {
		if f := &fs[i]; f.Check == unprocessed.Name && len(f.Writes) == 1 {
			byPlace[finding.Pos{File: f.Writes[0].File, Line: f.Writes[0].Line, Col: f.Writes[0].Col}] = f
		}
	}
	for _, b := range bodies {
		if len(byPlace) == 0 || !batches(b) {
			continue
		}
		for at, reads := range batch.Sources(u, b) {
			for _, r := range reads {
				if f := byPlace[at]; f != nil {
					addRead(f, report.Access(u, r))
				}
			}
		}
	}
}

// addRead adds a read to a finding, as the lowest function sees it that knows of both.
func addRead(f *finding.Finding, a finding.Access) {
	i := slices.IndexFunc(f.Reads, func(x finding.Access) bool { return x.File == a.File && x.Line == a.Line })
	switch {
	case i < 0:
		f.Reads = append(f.Reads, a)
	case len(a.Via) < len(f.Reads[i].Via):
		f.Reads[i] = a
	}
}

// bypass is what the message about a batch says of the guard that it passes by.
func bypass(guards func() *batch.Guards, w *access.Access) string {
	if !w.Batch {
		return ""
	}
	by, ok := guards().Bypassed(w)
	if !ok {
		return ""
	}
	return fmt.Sprintf("; %s writes such items %s, which a batch passes by", place(by), by.Guard)
}

// unguarded are the batches that pass a guard by and of which nothing else is said that names it.
func unguarded(u *compose.Universe, guards *batch.Guards, others []finding.Finding) []finding.Finding {
	var out []finding.Finding
	for _, by := range guards.All() {
		named := func(f finding.Finding) bool {
			return f.Pos == by.At && (f.Check == batchAtomicity.Name || f.Check == batchOverwrite.Name)
		}
		if by.Body.Silent || testSupport(by.Body.Package) || slices.ContainsFunc(others, named) {
			continue
		}
		out = append(out, bypassing(u, by))
	}
	report.Number(out)
	return out
}

// inBody reports the mistakes of one body.
func inBody(u *compose.Universe, b *compose.Body, guards func() *batch.Guards) []finding.Finding {
	var out []finding.Finding
	if !testSupport(b.Package) {
		for _, l := range batch.Leftovers(u, b) {
			out = append(out, leftover(u, b, l))
		}
	}
	if batches(b) {
		for _, group := range readwrite.Groups(u, b) {
			if group[0].BatchValue() {
				out = append(out, overwrite(u, b, group, bypass(guards, group[0].Write)))
			}
		}
	}
	if !testSupport(b.Package) {
		for _, t := range batch.TornBatches(u, b) {
			if !slices.ContainsFunc(out, func(f finding.Finding) bool { return f.Pos == t.At && f.Check != unprocessed.Name }) {
				out = append(out, torn(u, b, t, cmp.Or(bypass(guards, t.First), bypass(guards, t.Second))))
			}
		}
		for _, t := range delivery.TornSequences(u, b) {
			out = append(out, tornApart(u, b, t))
		}
	}
	for _, it := range batch.Lumped(b) {
		out = append(out, lumped(b, it))
	}
	for _, c := range batch.Chunks(u, b) {
		out = append(out, chunked(u, b, c))
	}
	report.Number(out)
	return out
}

func batches(b *compose.Body) bool {
	return slices.ContainsFunc(b.Items, func(it *compose.Item) bool { return it.Request() && it.Op == "BatchWriteItem" })
}

// testSupport reports a package that only sets up tests, by the names of its folders: there the next run starts over.
func testSupport(path string) bool {
	for part := range strings.SplitSeq(path, "/") {
		switch strings.ToLower(part) {
		case "test", "tests", "testing", "testutil", "testutils", "testhelper", "testhelpers", "testsupport", "testlib", "e2e", "integration",
			"fixtures", "mock", "mocks", "fake", "fakes":
			return true
		}
	}
	return false
}

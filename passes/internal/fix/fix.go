// Package fix writes the suggested fixes: edits of source after which a finding's invariant holds.
//
// A fix is made from a finding and the typed syntax of the packages that it touches. Where it cannot be made
// correctly there is none: a wrong fix is worse than none. docs/fixes.md says of each what it changes and why that
// is safe.
package fix

import (
	"fmt"
	"slices"

	"github.com/ddbvet/ddbvet/passes/finding"
	"github.com/ddbvet/ddbvet/passes/internal/fix/batch"
	"github.com/ddbvet/ddbvet/passes/internal/fix/decision"
	"github.com/ddbvet/ddbvet/passes/internal/fix/guregu"
	"github.com/ddbvet/ddbvet/passes/internal/fix/lock"
	"github.com/ddbvet/ddbvet/passes/internal/fix/narrow"
	"github.com/ddbvet/ddbvet/passes/internal/fix/pin"
	"github.com/ddbvet/ddbvet/passes/internal/fix/readback"
	"github.com/ddbvet/ddbvet/passes/internal/fix/refusal"
	"github.com/ddbvet/ddbvet/passes/internal/fix/stream"
	"github.com/ddbvet/ddbvet/passes/internal/fix/sum"
	"github.com/ddbvet/ddbvet/passes/internal/fix/syntax"
)

// What fixes read and edit.
type (
	// Source is the program, see [syntax.Source].
	Source = syntax.Source
	// Package is the typed syntax of one of its packages.
	Package = syntax.Package
	// ClaimTable is the table into which fixes put claims on records.
	ClaimTable = syntax.ClaimTable
)

// A maker makes one kind of fix; ok is false where it cannot be made correctly.
type maker func(*Source, *finding.Finding) (fix finding.Fix, ok bool)

// makers are the fixes of each check, the best one first.
var makers = map[string][]maker{
	"wrongfailureid":    {stream.FailureID},
	"swallowedrecord":   {stream.ReportFailure},
	"unprocessed":       {batch.Drain, batch.FailPart, batch.FailLeft, batch.FailAgain, batch.CountItems},
	"batchatomicity":    {batch.Together},
	"streamdedup":       {stream.ClaimRecord, stream.RecordKey, stream.DeduplicationID},
	"racydedup":         {stream.ClaimMarker, stream.ClaimForgotten},
	"blindbatch":        {batch.FailedStatements, batch.FailedCondition},
	"detachedgoroutine": {stream.Attached},
	"readback":          {readback.ReturnedValues},
	"lostupdate":        {sum.OnServer, pin.Read, pin.Handed, lock.Optimistic, lock.Carried, lock.Merged, lock.Built, lock.Receiver, lock.Given, guregu.Pinned, guregu.Locked, guregu.LockedTx},
	"weakguard":         {lock.Bump, lock.OwnVersion, sum.OnServer, pin.Read, pin.Handed, lock.Optimistic, lock.Carried, lock.Merged, lock.Built, lock.Receiver, lock.Given, guregu.Pinned, guregu.Locked, guregu.LockedTx},
	"checkthenact":      {decision.CreateHanded, decision.CreateOnce, decision.Checked, decision.Consumed, decision.DeleteOnce, pin.Read, pin.Handed, lock.Optimistic, lock.Carried, lock.Merged, lock.Built, lock.Receiver, lock.Given, guregu.Once, guregu.Checked, guregu.Pinned, guregu.Locked, guregu.LockedTx},
}

// resorts are fixes of the same checks that change more: they are made where there is no other one.
var resorts = map[string][]maker{
	"lostupdate":   {narrow.Instead, pin.Item, lock.Through, pin.Through, lock.ByHand},
	"weakguard":    {narrow.Instead, pin.Item, lock.Through, pin.Through, lock.ByHand},
	"checkthenact": {lock.Through, pin.Through, lock.ByHand},
}

// For gives the fixes of a finding, the best one first. The finding names files as src.Fset does; so do the edits,
// which do not overlap within a fix and leave files that are as gofmt writes them so. An error is one of this package: the finding
// then has no fix.
func For(src *Source, f *finding.Finding) (fixes []finding.Fix, err error) {
	defer func() {
		if r := recover(); r != nil {
			fixes, err = nil, fmt.Errorf("%s: no fix for %s: internal error: %v", f.Pos, f.Check, r)
		}
	}()
	if _, race := resorts[f.Check]; race && lock.AfterDelete(src, f) {
		return nil, nil
	}
	way := refusal.Of(src, f)
	src = way.Src
	for _, make := range makers[f.Check] {
		if x, ok := make(src, f); ok && !offered(fixes, x) {
			fixes = append(fixes, x)
		}
	}
	for _, make := range resorts[f.Check] {
		if len(fixes) > 0 {
			break
		}
		if x, ok := make(src, f); ok {
			fixes = append(fixes, x)
		}
	}
	return way.Honest(fixes), nil
}

// offered reports that a fix is among others: two ways may lead to the same one.
func offered(fixes []finding.Fix, x finding.Fix) bool {
	return slices.ContainsFunc(fixes, func(o finding.Fix) bool { return o.Title == x.Title })
}

// Within reports whether a fix edits one file only, as go vet and golangci-lint ask.
func Within(x finding.Fix, file string) bool {
	return !slices.ContainsFunc(x.Edits, func(e finding.Edit) bool { return e.File != file })
}

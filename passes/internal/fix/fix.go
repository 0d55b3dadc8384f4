// Package fix writes the suggested fixes: edits of source after which a finding's invariant holds.
//
// A fix is made from a finding and the typed syntax of the packages that it touches. Where it cannot be made
// correctly there is none: a wrong fix is worse than none. docs/fixes.md says of each what it changes and why that
// is safe.
package fix

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"github.com/ddbvet/ddbvet/passes/finding"
)

// A Package is the typed syntax of one package, with comments.
type Package struct {
	Types *types.Package
	Info  *types.Info
	Files []*ast.File
}

// A Source is what fixes may read and edit. In a pass it holds the package of the pass, in the gate every package that
// a finding mentions.
type Source struct {
	Fset     *token.FileSet
	Packages []*Package
	// Whole is set where Packages are all that can call functions of one another: a fix of a function that others use needs
	// to know them.
	Whole bool
	// Tests are the test files of the packages: parsed, and not checked. They may hold fakes of what fixes change.
	Tests []*ast.File
	// Claims is the table into which fixes put claims on records; the zero value is that of the effect.
	Claims ClaimTable
	// Read gives a file's content as it was parsed.
	Read func(file string) ([]byte, error)
}

// A ClaimTable is a table of claims on records, kept by the records' identifiers.
type ClaimTable struct {
	Name string
	// Key is the table's key attribute, a string.
	Key string
}

// A maker makes one kind of fix; ok is false where it cannot be made correctly.
type maker func(*Source, *finding.Finding) (fix finding.Fix, ok bool)

// makers are the fixes of each check, the best one first.
var makers = map[string][]maker{
	"wrongfailureid":    {failureID},
	"swallowedrecord":   {reportFailure},
	"unprocessed":       {drain, failPart, failLeft, failAgain, countItems},
	"batchatomicity":    {together},
	"streamdedup":       {claimRecord, recordKey, deduplicationID},
	"racydedup":         {claimMarker, claimForgotten},
	"blindbatch":        {failedStatements, failedCondition},
	"detachedgoroutine": {attached},
	"readback":          {returnedValues},
	"lostupdate":        {arithmetic, pinRead, pinHanded, optimisticLock, carriedLock, mergeLock, builtLock, receiverLock, givenLock, chainPins, chainLock, chainTxLock},
	"weakguard":         {bump, ownVersion, arithmetic, pinRead, pinHanded, optimisticLock, carriedLock, mergeLock, builtLock, receiverLock, givenLock, chainPins, chainLock, chainTxLock},
	"checkthenact":      {createHanded, createOnce, checked, consumed, deleteOnce, pinRead, pinHanded, optimisticLock, carriedLock, mergeLock, builtLock, receiverLock, givenLock, chainOnce, chainChecked, chainPins, chainLock, chainTxLock},
}

// resorts are fixes of the same checks that change more: they are made where there is no other one.
var resorts = map[string][]maker{
	"lostupdate":   {narrowed, pinItem, lockThrough, pinThrough, handLock},
	"weakguard":    {narrowed, pinItem, lockThrough, pinThrough, handLock},
	"checkthenact": {lockThrough, pinThrough, handLock},
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
	for _, make := range makers[f.Check] {
		if x, ok := make(src, f); ok {
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
	return src.honest(f, fixes), nil
}

// Within reports whether a fix edits one file only, as go vet and golangci-lint ask.
func Within(x finding.Fix, file string) bool {
	return !slices.ContainsFunc(x.Edits, func(e finding.Edit) bool { return e.File != file })
}

// refused names, for a title, what callers get when DynamoDB refuses the write of a finding.
func refused(f *finding.Finding) string {
	if action(f.Writes[0].Op) != "" {
		return "; callers must expect TransactionCanceled"
	}
	return "; callers must expect ConditionalCheckFailed"
}

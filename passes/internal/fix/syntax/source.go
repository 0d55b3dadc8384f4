// Package syntax is what fixes know of Go: a place in the typed syntax of a program and what stands around it, where values come
// from and go, names that are free, and edits that leave the file as gofmt writes it.
package syntax

import (
	"go/ast"
	"go/token"
	"go/types"
	"go/version"
	"strings"

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
	// Mend is done along with every fix after which DynamoDB refuses a write; nil where the refusal gets to the callers as it is.
	Mend *Mend
	// Read gives a file's content as it was parsed.
	Read func(file string) ([]byte, error)
}

// A ClaimTable is a table of claims on records, kept by the records' identifiers.
type ClaimTable struct {
	Name string
	// Key is the table's key attribute, a string.
	Key string
}

// A Mend makes a refusal reach those who did not get it.
type Mend struct {
	// Stops is a call behind whose failure the function does not go on any more; nil for none.
	Stops *ast.CallExpr
	// Write puts the edits into a draft; it reports whether they could be made.
	Write func(*Draft) bool
}

// Stops reports a call behind whose failure a fix leaves the function.
func (src *Source) Stops(call *ast.CallExpr) bool {
	return src.Mend != nil && call != nil && src.Mend.Stops == call
}

// Refusable is how titles go on of fixes after which DynamoDB refuses a write that it used to carry out.
const Refusable = "; callers must expect "

// Refuses reports a fix after which DynamoDB refuses a write that it used to carry out.
func Refuses(x finding.Fix) bool { return strings.Contains(x.Title, Refusable) }

// Knows reports that a package is written in a version of Go, or in a later one.
func (src *Source) Knows(pkg *types.Package, release string) bool {
	v := pkg.GoVersion()
	return v != "" && version.Compare(v, release) >= 0
}

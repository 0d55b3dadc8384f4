// Package finding is the one model of what ddbvet reports. The passes produce findings, every
// output (text, JSON, SARIF, annotations, HTML) renders the same objects.
package finding

import (
	"fmt"
	"strings"
)

// A Pos is a place in source: a file, a line and a column, both counted from 1, the column in bytes.
type Pos struct {
	File string `json:"file"`
	Line int    `json:"line"`
	Col  int    `json:"col,omitempty"`
}

// String returns file:line:col as the Go tools print it; the column is left out when unknown.
func (p Pos) String() string {
	if p.Col == 0 {
		return fmt.Sprintf("%s:%d", p.File, p.Line)
	}
	return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Col)
}

// Before orders positions by file, line and column.
func (p Pos) Before(q Pos) bool {
	if p.File != q.File {
		return p.File < q.File
	}
	if p.Line != q.Line {
		return p.Line < q.Line
	}
	return p.Col < q.Col
}

// A Frame is one function on the way from the place where read and write meet to an SDK call.
type Frame struct {
	// Name is the function that is called, as a Go programmer writes it: (*Store).Put, repo.Save.
	Name string `json:"name"`
	// File and Line are the place of the call.
	File string `json:"file"`
	Line int    `json:"line"`
	// ID identifies the called function within the analysis.
	ID string `json:"-"`
}

// A Function is a declared function or method, at its declaration.
type Function struct {
	Name string `json:"name"`
	File string `json:"file"`
	Line int    `json:"line"`
	// Package is the import path of the function's package.
	Package string `json:"package,omitempty"`
}

// An Access is one request to DynamoDB: its operation, the place of the SDK call and the chain of calls
// that leads to it from the function in which read and write meet.
type Access struct {
	// Op is the operation, for instance GetItem; an action of a transaction is TransactWriteItems/Put.
	Op string `json:"op"`
	// Table is the table in words: a name, or the Go expression that holds it; empty when unknown.
	Table string `json:"table,omitempty"`
	File  string `json:"file"`
	Line  int    `json:"line"`
	Col   int    `json:"col,omitempty"`
	// Guard says in words what DynamoDB checks when a write arrives; empty for reads.
	Guard string `json:"guard,omitempty"`
	// Via are the calls between the function of the finding and the SDK call, outermost first.
	Via []Frame `json:"via"`
	// Key are the names of the key attributes, where the code says them; for fixes.
	Key []string `json:"-"`
	// Action is the place of an action among the Actions of its transaction, counted from 0; for fixes.
	Action, Actions int `json:"-"`
}

// A Dependence says what of a read a write depends on.
type Dependence struct {
	// On is an attribute, or "item", "absence", "presence", "count".
	On string `json:"on"`
	// Kind is value, decision or key, as docs/how-it-works.md defines them.
	Kind string `json:"kind"`
}

// A Need is a dependence in the terms of the analysis, for fixes.
type Need struct {
	// Read is the place in the finding's Reads of what is depended on.
	Read int
	// What is value, attribute, absence, presence, count or empty; retry for a batch that is to be sent again,
	// failure for one after which the program is to fail, count for one of which the items are to be counted, transaction
	// for one that is to be a transaction, which has to hold an item to what was read where there is a Read.
	What string
	// Attr is the attribute that was read, To the one that its value is stored in; empty for the whole item.
	Attr, To string
	// Against is what a decision compared the attribute with: constant, ordered, identity, flag or nothing known.
	Against string
	// Set is set for a decision that went the way of an attribute that is there, Computed for a value that is no plain copy.
	Set, Computed bool
	// There is set for a decision that is only made so where the item has the attribute.
	There bool
}

// A Step is one line of the schedule that breaks the data.
type Step struct {
	// Client is A or B; for stream handlers "attempt 1" and "attempt 2".
	Client string `json:"client"`
	// Does is what the client does in this step.
	Does string `json:"does"`
}

// An Edit replaces the bytes [Start, End) of a file by New; offsets are counted from 0.
type Edit struct {
	File  string `json:"file"`
	Start int    `json:"start"`
	End   int    `json:"end"`
	New   string `json:"new"`
}

// A Fix is one change that removes the hazard; its edits belong together.
type Fix struct {
	Title string `json:"title"`
	Edits []Edit `json:"edits"`
	// Changes is set when callers can see the difference, for instance a write that DynamoDB may now refuse: such a fix
	// is offered, and applied only where all fixes are asked for.
	Changes bool `json:"changes,omitempty"`
}

// Confidence of a finding: how sure the analysis is that read and write touch the same data.
const (
	High   = "high"
	Medium = "medium"
)

// A Finding is one integrity hazard.
type Finding struct {
	// Check is the name of the check, for instance lostupdate.
	Check      string `json:"check"`
	Confidence string `json:"confidence"`
	// Message is one line that ends in the check's name.
	Message string `json:"message"`
	// Pos is the call, in the function at fault, that leads to the write.
	Pos Pos `json:"pos"`
	// From is where the function that was looked at calls the one at fault; Pos where that is the same.
	From     Pos          `json:"-"`
	Function Function     `json:"function"`
	Reads    []Access     `json:"reads"`
	Writes   []Access     `json:"writes"`
	Depends  []Dependence `json:"depends"`
	Schedule []Step       `json:"schedule"`
	Fixes    []Fix        `json:"fixes"`
	// Fingerprint identifies the finding across versions of the code: it holds no line numbers.
	Fingerprint string `json:"fingerprint"`
	// URL is the page of the check.
	URL string `json:"url"`
	// Suppressed holds the reason of the directive that silences the finding; empty when it is reported.
	Suppressed string `json:"suppressed,omitempty"`
	// Needs are the dependences that nothing covers, as fixes need them.
	Needs []Need `json:"-"`
}

// Words says the request in one phrase: the operation, its table, and for a write what guards it.
func (a Access) Words() string {
	s := a.Op
	if a.Table != "" {
		s += " on " + a.Table
	}
	why, unguarded := strings.CutPrefix(a.Guard, "none")
	switch {
	case a.Guard == "":
	case unguarded:
		s += ", without a guard" + why
	default:
		s += ", guarded by " + a.Guard
	}
	return s
}

// Package expr parses DynamoDB's expression language (condition, filter,
// key-condition and update expressions) and the PartiQL subset DynamoDB
// accepts, into trees that say what is compared, assigned, added or removed.
//
// The grammars are those of the Amazon DynamoDB developer guide:
// "Condition and filter expressions, operators, and functions"
// (Expressions.OperatorsAndFunctions), "Using update expressions"
// (Expressions.UpdateExpressions), "Key condition expressions for the Query
// operation" (Query.KeyConditionExpressions) and "PartiQL for DynamoDB
// reference" (ql-reference).
//
// Values stay symbolic: ":v" is kept as it is written. Names are resolved by
// the caller's function; a placeholder it does not know stays as "#n".
package expr

import (
	"fmt"
	"strconv"
	"strings"
)

// Step is one step of a path below the top-level attribute: a map key or a
// list index.
type Step struct {
	Name    string
	Index   int
	IsIndex bool
}

// Path is an attribute path: the top-level attribute, then nested names and
// list indexes.
type Path struct {
	Name string
	Rest []Step
}

// String writes the path as an expression would: "a.b[0]". Names are written
// as they are, even those that need a placeholder in an expression.
func (p Path) String() string {
	var b strings.Builder
	b.WriteString(p.Name)
	for _, s := range p.Rest {
		if s.IsIndex {
			b.WriteString("[" + strconv.Itoa(s.Index) + "]")
			continue
		}
		b.WriteString("." + s.Name)
	}
	return b.String()
}

// Equal reports whether both paths name the same place.
func (p Path) Equal(q Path) bool {
	return len(p.Rest) == len(q.Rest) && p.Contains(q)
}

// Contains reports whether q is p or lies below it: "a" contains "a.b[0]".
func (p Path) Contains(q Path) bool {
	if p.Name != q.Name || len(p.Rest) > len(q.Rest) {
		return false
	}
	for i, s := range p.Rest {
		if s != q.Rest[i] {
			return false
		}
	}
	return true
}

// OperandKind says what an Operand is.
type OperandKind int

// The kinds of operand. One type serves conditions and update values.
const (
	NoOperand   OperandKind = iota // the zero Operand, the value of a REMOVE
	Attr                           // Path
	Value                          // Value; Args hold what a PartiQL list, set or map is made of
	Size                           // size(Args[0])
	IfNotExists                    // if_not_exists(Path, Args[0])
	ListAppend                     // list_append(Args[0], Args[1])
	Plus                           // Args[0] + Args[1]
	Minus                          // Args[0] - Args[1]
)

// Operand is one side of a comparison, an argument of a function, or the
// value of an update action.
type Operand struct {
	Kind  OperandKind
	Path  Path
	Value string // ":v" as written; in PartiQL a literal as written, or "?N"
	Args  []Operand
	Names []string // of a PartiQL map literal: the names of its Args
}

// Paths gives every attribute the operand reads, nested ones included, in the
// order written.
func (o Operand) Paths() []Path {
	var out []Path
	if o.Kind == Attr || o.Kind == IfNotExists {
		out = append(out, o.Path)
	}
	for _, a := range o.Args {
		out = append(out, a.Paths()...)
	}
	return out
}

// Values gives every value the operand mentions (":v", "?0", a literal), in
// the order written.
func (o Operand) Values() []string {
	var out []string
	if o.Kind == Value {
		out = append(out, o.Value)
	}
	for _, a := range o.Args {
		out = append(out, a.Values()...)
	}
	return out
}

// String writes the operand as an expression would.
func (o Operand) String() string {
	switch o.Kind {
	case Attr:
		return o.Path.String()
	case Value:
		return o.Value
	case Size:
		return "size(" + joinOperands(o.Args, ", ") + ")"
	case IfNotExists:
		return "if_not_exists(" + o.Path.String() + ", " + joinOperands(o.Args, ", ") + ")"
	case ListAppend:
		return "list_append(" + joinOperands(o.Args, ", ") + ")"
	case Plus:
		return joinOperands(o.Args, " + ")
	case Minus:
		return joinOperands(o.Args, " - ")
	}
	return ""
}

func joinOperands(os []Operand, sep string) string {
	parts := make([]string, len(os))
	for i, o := range os {
		parts[i] = o.String()
	}
	return strings.Join(parts, sep)
}

// Op is a logical connective, a comparator or a condition function.
type Op string

// The operators of conditions.
const (
	And         Op = "and"
	Or          Op = "or"
	Not         Op = "not"
	Eq          Op = "="
	Ne          Op = "<>"
	Lt          Op = "<"
	Le          Op = "<="
	Gt          Op = ">"
	Ge          Op = ">="
	Between     Op = "between"
	In          Op = "in"
	Exists      Op = "attribute_exists"
	NotExists   Op = "attribute_not_exists"
	TypeIs      Op = "attribute_type"
	BeginsWith  Op = "begins_with"
	ContainsVal Op = "contains"
)

// Condition is a condition tree: "and", "or" (two or more Subs) and "not"
// (one) over atoms. An atom has Operands: two for a comparator, three for
// "between", the tested one and then the list for "in", the arguments for a
// function.
type Condition struct {
	Op       Op
	Subs     []*Condition
	Operands []Operand
}

// String writes the condition so that parsing it again gives the same tree.
func (c *Condition) String() string {
	switch c.Op {
	case And, Or:
		parts := make([]string, len(c.Subs))
		for i, s := range c.Subs {
			parts[i] = s.nested()
		}
		return strings.Join(parts, " "+strings.ToUpper(string(c.Op))+" ")
	case Not:
		return "NOT " + c.Subs[0].nested()
	}
	return atomString(c.Op, c.Operands)
}

// nested writes a condition as a part of a larger one.
func (c *Condition) nested() string {
	if len(c.Subs) > 0 {
		return "(" + c.String() + ")"
	}
	return c.String()
}

func atomString(op Op, os []Operand) string {
	switch op {
	case Eq, Ne, Lt, Le, Gt, Ge:
		return joinOperands(os, " "+string(op)+" ")
	case Between:
		return os[0].String() + " BETWEEN " + joinOperands(os[1:], " AND ")
	case In:
		return os[0].String() + " IN (" + joinOperands(os[1:], ", ") + ")"
	}
	return string(op) + "(" + joinOperands(os, ", ") + ")"
}

// Verb is a clause of an update expression.
type Verb string

// The clauses of an update expression.
const (
	Set    Verb = "SET"
	Remove Verb = "REMOVE"
	Add    Verb = "ADD"
	Delete Verb = "DELETE"
)

// Action is one action of an update: what happens to one path. Value is zero
// for REMOVE.
type Action struct {
	Verb  Verb
	Path  Path
	Value Operand
}

// String writes the action with its verb: "SET a = a - :n".
func (a Action) String() string {
	switch a.Verb {
	case Remove:
		return "REMOVE " + a.Path.String()
	case Set:
		return "SET " + a.Path.String() + " = " + a.Value.String()
	}
	return string(a.Verb) + " " + a.Path.String() + " " + a.Value.String()
}

// SyntaxError says where a text leaves the grammar.
type SyntaxError struct {
	Offset int // in bytes
	Msg    string
}

// Error gives the message and its offset.
func (e *SyntaxError) Error() string {
	return fmt.Sprintf("offset %d: %s", e.Offset, e.Msg)
}

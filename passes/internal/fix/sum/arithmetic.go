// Package sum lets DynamoDB compute what the code computes from a number that it has read.
package sum

import (
	"go/ast"
	"go/token"
	"go/types"
	"regexp"
	"strconv"
	"strings"

	"github.com/ddbvet/ddbvet/passes/finding"
	"github.com/ddbvet/ddbvet/passes/internal/dynamo"
	"github.com/ddbvet/ddbvet/passes/internal/expr"
	"github.com/ddbvet/ddbvet/passes/internal/fix/decision"
	"github.com/ddbvet/ddbvet/passes/internal/fix/syntax"
	"github.com/ddbvet/ddbvet/passes/internal/fix/write"
)

// OnServer lets DynamoDB add what the code adds to a number that it has read: SET a = :sum becomes SET a = a + :by. What
// the code has checked of the number before becomes the condition.
func OnServer(src *syntax.Source, f *finding.Finding) (finding.Fix, bool) {
	a, ok := additionOf(src, f)
	if !ok {
		return finding.Fix{}, false
	}
	limits, limited, ok := a.limits()
	if !ok || !a.nothingElse() {
		return finding.Fix{}, false
	}
	if b, built := a.Builder(); built {
		ok = a.intoBuilder(b, limits, limited)
	} else {
		ok = a.intoText(limits, limited)
	}
	if !ok || !a.clear() {
		return finding.Fix{}, false
	}
	title := "let DynamoDB add to " + a.attr
	if a.sum.minus {
		title = "let DynamoDB subtract from " + a.attr
	}
	if limited {
		return a.d.Fix(title+" and check "+decision.InWords(limits.Attributes())+" when the write arrives"+write.Refused(f), true)
	}
	return a.d.Fix(title+", instead of storing a sum that was computed from what was read", true)
}

// An addition is an update that sets a number to what was read of it plus or minus something.
type addition struct {
	*write.Request
	d    *syntax.Draft
	f    *finding.Finding
	attr string
	read finding.Access
	line int // of the call that reads, in the function that writes
	held write.Held
	// slot is what the value of the update is to take the place of: the whole attribute value, or the Go value that a
	// function makes one of when inner is set.
	slot  ast.Expr
	inner bool
	sum   *sum
	// checked are the conditions that DynamoDB is to check as well.
	checked []*ast.IfStmt
}

// additionOf finds the sum that an update stores.
func additionOf(src *syntax.Source, f *finding.Finding) (*addition, bool) {
	attr, read, ok := addedTo(f)
	if !ok || len(f.Writes[0].Via) > 0 || !strings.HasSuffix(f.Writes[0].Op, "Update") && f.Writes[0].Op != "UpdateItem" {
		return nil, false
	}
	r, ok := write.RequestOf(src, f.Writes[0])
	if !ok || r.Made {
		return nil, false
	}
	a := &addition{Request: r, d: src.Draft(), f: f, attr: attr, read: read}
	at := finding.Pos{File: read.File, Line: read.Line}
	if len(read.Via) > 0 {
		at = finding.Pos{File: read.Via[0].File, Line: read.Via[0].Line}
	}
	a.line = at.Line
	if at.File != src.Fset.Position(r.Pos).Filename || !a.oncePerRead() || !a.sameItem() {
		return nil, false
	}
	a.held, _ = r.Held(read, attr)
	stored := a.stored()
	return a, stored != nil && a.adds(stored) && a.absentIsZero()
}

// addedTo gives the one attribute that a write stores, computed from itself.
func addedTo(f *finding.Finding) (string, finding.Access, bool) {
	attr, at := "", -1
	for _, n := range f.Needs {
		switch {
		case n.What != "value":
		case n.Attr == "" || n.To != n.Attr || attr != "" && n.Attr != attr || at >= 0 && n.Read != at || strings.ContainsAny(n.Attr, ".["):
			return "", finding.Access{}, false
		default:
			attr, at = n.Attr, n.Read
		}
	}
	if attr == "" || at < 0 || at >= len(f.Reads) {
		return "", finding.Access{}, false
	}
	return attr, f.Reads[at], true
}

// oncePerRead reports that the write is made once for what was read: no loop and no closure is around it that is not around
// the read.
func (a *addition) oncePerRead() bool {
	for _, n := range a.Path {
		switch n.(type) {
		case *ast.ForStmt, *ast.RangeStmt, *ast.FuncLit:
			if from, to := a.Src.Fset.Position(n.Pos()).Line, a.Src.Fset.Position(n.End()).Line; a.line <= from || a.line > to {
				return false
			}
		}
	}
	return true
}

// sameItem reports that the write's key is made of what the read is given, or of what it has found: only then does the
// attribute that is added to hold what was read.
func (a *addition) sameItem() bool {
	key := write.Field(a.Lit, dynamo.Key)
	if key == nil {
		return false
	}
	given := map[*types.Var]bool{}
	ast.Inspect(a.Outermost(), func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok && write.OnLine(a.Request.Site, call, a.line) {
			a.Mentioned(call, given, 0)
		}
		return true
	})
	made := map[*types.Var]bool{}
	a.Mentioned(key.Value, made, 0)
	for v := range made {
		if !given[v] && !write.ComesFrom(a.Request.Site, v, a.line, 0) && a.Definition(v) == nil {
			return false
		}
	}
	return true
}

// delta writes what is added as an attribute value.
func (a *addition) delta() (string, bool) {
	if a.sum.constant != "" {
		return write.Attribute(a.d, a.Request, "N", strconv.Quote(a.sum.constant))
	}
	return write.Encode(a.d, a.Request, a.sum.code, a.Info.TypeOf(a.sum.delta))
}

// inside writes what is added in the place of the sum that a function is given.
func (a *addition) inside() (string, bool) {
	if to := a.Info.TypeOf(a.slot); a.sum.constant != "" || types.Identical(a.Info.TypeOf(a.sum.delta), to) {
		return a.sum.code, true
	}
	text, ok := a.TypeText(a.Info.TypeOf(a.slot))
	return text + "(" + a.sum.code + ")", ok
}

// present reports a formula that lets nothing through that has not the attribute.
func present(f decision.Formula, attr string) bool {
	switch f.Op {
	case "":
		return f.Atom.Attr == attr && !f.Atom.Missing && (!f.Atom.Null() || f.Atom.Op != token.EQL) && (f.Atom.Op != token.NEQ || f.Atom.Present)
	case "AND":
		for _, p := range f.Parts {
			if present(p, attr) {
				return true
			}
		}
	}
	return false
}

// intoText writes the arithmetic into the text of the update's expression.
func (a *addition) intoText(limits decision.Formula, limited bool) bool {
	set, ok := a.assignment()
	if !ok {
		return false
	}
	if n := strings.Count(a.expressions(), set.value); n != 1 {
		return false // the condition or another assignment means the sum
	}
	g := &write.Guard{R: a.Request}
	if limited {
		c := &decision.Checks{R: a.Request, F: a.f}
		if !c.Encode(a.d, &limits) {
			return false
		}
		g.Text = limits.Text(g)
	}
	by := set.value
	if a.inner {
		code, ok := a.inside()
		if !ok {
			return false
		}
		a.d.Swap(a.Site, a.slot, code)
	} else {
		value, ok := a.delta()
		if !ok {
			return false
		}
		by = placeholderOf(g, a.sum.name(), value)
		a.d.Swap(a.Site, set.key, strconv.Quote(by))
		a.d.Swap(a.Site, a.slot, value)
	}
	old := set.name
	if !limited || !present(limits, a.attr) {
		zero, ok := write.Attribute(a.d, a.Request, "N", `"0"`)
		if !ok {
			return false
		}
		old = "if_not_exists(" + set.name + ", " + g.Value("zero", zero) + ")"
	}
	a.d.Swap(a.Site, set.lit, set.with(old+a.sum.sign()+by))
	if limited {
		return g.Put(a.d)
	}
	return mapsOnly(g, a.d)
}

// placeholderOf takes a value for the expression that a guard holds already, under a name of its own.
func placeholderOf(g *write.Guard, hint, code string) string {
	for i, e := range g.Values {
		if e.Value == code {
			g.Values = append(g.Values[:i:i], g.Values[i+1:]...)
			key := ":" + write.Word(hint)
			if g.Taken(key) {
				key = e.Key
			}
			g.Text = regexp.MustCompile(regexp.QuoteMeta(e.Key)+`\b`).ReplaceAllString(g.Text, key)
			return key
		}
	}
	key := g.Value(hint, code)
	g.Values = g.Values[:len(g.Values)-1]
	return key
}

// mapsOnly adds what the guard's names and values are to the request, which gets no condition.
func mapsOnly(g *write.Guard, d *syntax.Draft) bool {
	var added []string
	for _, m := range g.Maps() {
		if g.R.SetsLater(m.Field) {
			return false
		}
		more, ok := m.InPlace(d)
		if !ok {
			return false
		}
		added = append(added, more...)
	}
	d.Elements(g.R.Site, g.R.Lit, added)
	return true
}

// An assignment of an update's expression: name = value.
type assignment struct {
	lit         *ast.BasicLit // the expression
	name, value string        // as they are written
	key         ast.Expr      // the value's placeholder in the map of values
	matches     *regexp.Regexp
}

// with gives the expression's literal with another value.
func (s assignment) with(value string) string {
	return s.matches.ReplaceAllStringFunc(s.lit.Value, func(m string) string {
		return m[:strings.LastIndex(m, s.value)] + value
	})
}

// assignment finds where the attribute is set in the update's expression.
func (a *addition) assignment() (assignment, bool) {
	kv := write.Field(a.Lit, dynamo.UpdateExpression)
	if kv == nil || a.SetsLater(dynamo.UpdateExpression) || a.SetsLater(dynamo.ExpressionAttributeValues) {
		return assignment{}, false
	}
	lit := textOf(a.Request.Site, kv.Value)
	if lit == nil {
		return assignment{}, false
	}
	text, err := strconv.Unquote(lit.Value)
	if err != nil {
		return assignment{}, false
	}
	names := a.Placeholders()
	actions, err := expr.ParseUpdate(text, func(p string) (string, bool) { n, ok := names[p]; return n, ok })
	if err != nil {
		return assignment{}, false
	}
	for _, act := range actions {
		if act.Verb != expr.Set || act.Path.Name != a.attr || len(act.Path.Rest) > 0 || act.Value.Kind != expr.Value {
			continue
		}
		s := assignment{lit: lit, name: a.attr, value: act.Value.Value}
		for placeholder, attr := range names {
			if attr == a.attr && strings.Contains(text, placeholder) {
				s.name = placeholder
			}
		}
		s.matches = regexp.MustCompile(regexp.QuoteMeta(s.name) + `\s*=\s*` + regexp.QuoteMeta(s.value) + `\b`)
		s.key = keyOf(a.Request, s.value)
		return s, s.key != nil && len(s.matches.FindAllString(lit.Value, -1)) == 1
	}
	return assignment{}, false
}

// textOf gives the literal of an expression: in place, or what a variable holds that is used for nothing else.
func textOf(s *syntax.Site, e ast.Expr) *ast.BasicLit {
	if arg := write.StringArg(s, e); arg != nil {
		e = arg
	}
	if v := s.Variable(e); v != nil && len(s.Uses(v)) == 1 {
		if def := s.Definition(v); def != nil {
			e = def
		}
	}
	lit, _ := ast.Unparen(e).(*ast.BasicLit)
	return lit
}

// expressions is all that the request's expressions say.
func (a *addition) expressions() string {
	var out []string
	for _, name := range []string{dynamo.UpdateExpression, dynamo.ConditionExpression} {
		if kv := write.Field(a.Lit, name); kv != nil {
			if lit := textOf(a.Request.Site, kv.Value); lit != nil {
				out = append(out, lit.Value)
				continue
			}
			out = append(out, a.Text(kv.Value))
		}
	}
	return strings.Join(out, " ") + " "
}

// intoBuilder writes the arithmetic in terms of package expression.
func (a *addition) intoBuilder(b *write.Builder, limits decision.Formula, limited bool) bool {
	q, ok := a.d.Use(a.Site, a.Dialect.Expression, "expression")
	if !ok {
		return false
	}
	code, ok := a.inside()
	if !ok {
		return false
	}
	name := q + ".Name(" + strconv.Quote(a.attr) + ")"
	old := name
	if !limited || !present(limits, a.attr) {
		old = q + ".IfNotExists(" + name + ", " + q + ".Value(0))"
	}
	call := "Plus"
	if a.sum.minus {
		call = "Minus"
	}
	set, _ := syntax.Enclosing[*ast.CallExpr](a.Around(a.slot))
	if set == nil {
		return false
	}
	a.d.Swap(a.Site, set, q+"."+call+"("+old+", "+q+".Value("+code+"))")
	return !limited || b.With(a.d, []string{limits.Build(q)})
}

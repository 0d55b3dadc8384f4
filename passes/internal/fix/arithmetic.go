package fix

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
)

// arithmetic lets DynamoDB add what the code adds to a number that it has read: SET a = :sum becomes SET a = a + :by. What
// the code has checked of the number before becomes the condition.
func arithmetic(src *Source, f *finding.Finding) (finding.Fix, bool) {
	a, ok := src.addition(f)
	if !ok {
		return finding.Fix{}, false
	}
	limits, limited, ok := a.limits()
	if !ok || !a.nothingElse() {
		return finding.Fix{}, false
	}
	if b, built := a.builder(); built {
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
		return a.d.fix(title+" and check "+inWords(limits.attributes())+" when the write arrives"+refused(f), true)
	}
	return a.d.fix(title+", instead of storing a sum that was computed from what was read", true)
}

// An addition is an update that sets a number to what was read of it plus or minus something.
type addition struct {
	*request
	d    *draft
	f    *finding.Finding
	attr string
	read finding.Access
	line int // of the call that reads, in the function that writes
	held held
	// slot is what the value of the update is to take the place of: the whole attribute value, or the Go value that a
	// function makes one of when inner is set.
	slot  ast.Expr
	inner bool
	sum   *sum
	// checked are the conditions that DynamoDB is to check as well.
	checked []*ast.IfStmt
}

// addition finds the sum that an update stores.
func (src *Source) addition(f *finding.Finding) (*addition, bool) {
	attr, read, ok := addedTo(f)
	if !ok || len(f.Writes[0].Via) > 0 || !strings.HasSuffix(f.Writes[0].Op, "Update") && f.Writes[0].Op != "UpdateItem" {
		return nil, false
	}
	r, ok := src.request(f.Writes[0])
	if !ok || r.made {
		return nil, false
	}
	a := &addition{request: r, d: src.draft(), f: f, attr: attr, read: read}
	at := finding.Pos{File: read.File, Line: read.Line}
	if len(read.Via) > 0 {
		at = finding.Pos{File: read.Via[0].File, Line: read.Via[0].Line}
	}
	a.line = at.Line
	if at.File != src.Fset.Position(r.pos).Filename || !a.oncePerRead() || !a.sameItem() {
		return nil, false
	}
	a.held, _ = r.held(read, attr)
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
	for _, n := range a.path {
		switch n.(type) {
		case *ast.ForStmt, *ast.RangeStmt, *ast.FuncLit:
			if from, to := a.src.Fset.Position(n.Pos()).Line, a.src.Fset.Position(n.End()).Line; a.line <= from || a.line > to {
				return false
			}
		}
	}
	return true
}

// sameItem reports that the write's key is made of what the read is given, or of what it has found: only then does the
// attribute that is added to hold what was read.
func (a *addition) sameItem() bool {
	key := field(a.lit, dynamo.Key)
	if key == nil {
		return false
	}
	given := map[*types.Var]bool{}
	ast.Inspect(a.outermost(), func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok && a.onLine(call, a.line) {
			a.mentioned(call, given, 0)
		}
		return true
	})
	made := map[*types.Var]bool{}
	a.mentioned(key.Value, made, 0)
	for v := range made {
		if !given[v] && !a.comesFrom(v, a.line, 0) && a.definition(v) == nil {
			return false
		}
	}
	return true
}

// mentioned collects the local variables of which an expression is made, and those of which they are.
func (s *site) mentioned(n ast.Node, into map[*types.Var]bool, depth int) {
	ast.Inspect(n, func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		if !ok {
			return true
		}
		v := s.variable(id)
		if v == nil || into[v] {
			return true
		}
		into[v] = true
		def := s.definition(v)
		if def == nil {
			def = s.onlyValue(v)
		}
		if def != nil && depth < 4 {
			s.mentioned(def, into, depth+1)
		}
		return true
	})
}

// delta writes what is added as an attribute value.
func (a *addition) delta() (string, bool) {
	if a.sum.constant != "" {
		return a.d.attribute(a.request, "N", strconv.Quote(a.sum.constant))
	}
	return a.d.encode(a.request, a.sum.code, a.Info.TypeOf(a.sum.delta))
}

// inside writes what is added in the place of the sum that a function is given.
func (a *addition) inside() (string, bool) {
	if to := a.Info.TypeOf(a.slot); a.sum.constant != "" || types.Identical(a.Info.TypeOf(a.sum.delta), to) {
		return a.sum.code, true
	}
	text, ok := a.typeText(a.Info.TypeOf(a.slot))
	return text + "(" + a.sum.code + ")", ok
}

// present reports a formula that lets nothing through that has not the attribute.
func (f formula) present(attr string) bool {
	switch f.op {
	case "":
		return f.atom.attr == attr && !f.atom.missing && (!f.atom.null() || f.atom.op != token.EQL) && (f.atom.op != token.NEQ || f.atom.present)
	case "AND":
		for _, p := range f.parts {
			if p.present(attr) {
				return true
			}
		}
	}
	return false
}

// intoText writes the arithmetic into the text of the update's expression.
func (a *addition) intoText(limits formula, limited bool) bool {
	set, ok := a.assignment()
	if !ok {
		return false
	}
	if n := strings.Count(a.expressions(), set.value); n != 1 {
		return false // the condition or another assignment means the sum
	}
	g := &guard{r: a.request}
	if limited {
		c := &checks{r: a.request, f: a.f}
		if !c.encode(a.d, &limits) {
			return false
		}
		g.text = limits.text(g)
	}
	by := set.value
	if a.inner {
		code, ok := a.inside()
		if !ok {
			return false
		}
		a.d.swap(a.site, a.slot, code)
	} else {
		value, ok := a.delta()
		if !ok {
			return false
		}
		by = g.placeholderOf(a.sum.name(), value)
		a.d.swap(a.site, set.key, strconv.Quote(by))
		a.d.swap(a.site, a.slot, value)
	}
	old := set.name
	if !limited || !limits.present(a.attr) {
		zero, ok := a.d.attribute(a.request, "N", `"0"`)
		if !ok {
			return false
		}
		old = "if_not_exists(" + set.name + ", " + g.value("zero", zero) + ")"
	}
	a.d.swap(a.site, set.lit, set.with(old+a.sum.sign()+by))
	if limited {
		return g.put(a.d)
	}
	return g.mapsOnly(a.d)
}

// placeholderOf takes a value for the expression that a guard holds already, under a name of its own.
func (g *guard) placeholderOf(hint, code string) string {
	for i, e := range g.values {
		if e.value == code {
			g.values = append(g.values[:i:i], g.values[i+1:]...)
			key := ":" + word(hint)
			if g.taken(key) {
				key = e.key
			}
			g.text = regexp.MustCompile(regexp.QuoteMeta(e.key)+`\b`).ReplaceAllString(g.text, key)
			return key
		}
	}
	key := g.value(hint, code)
	g.values = g.values[:len(g.values)-1]
	return key
}

// mapsOnly adds what the guard's names and values are to the request, which gets no condition.
func (g *guard) mapsOnly(d *draft) bool {
	var added []string
	for _, m := range g.maps() {
		if g.r.setsLater(m.field) {
			return false
		}
		more, ok := m.inPlace(d)
		if !ok {
			return false
		}
		added = append(added, more...)
	}
	d.elements(g.r.site, g.r.lit, added)
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
	kv := field(a.lit, dynamo.UpdateExpression)
	if kv == nil || a.setsLater(dynamo.UpdateExpression) || a.setsLater(dynamo.ExpressionAttributeValues) {
		return assignment{}, false
	}
	lit := a.textOf(kv.Value)
	if lit == nil {
		return assignment{}, false
	}
	text, err := strconv.Unquote(lit.Value)
	if err != nil {
		return assignment{}, false
	}
	names := a.placeholders()
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
		s.key = a.keyOf(s.value)
		return s, s.key != nil && len(s.matches.FindAllString(lit.Value, -1)) == 1
	}
	return assignment{}, false
}

// textOf gives the literal of an expression: in place, or what a variable holds that is used for nothing else.
func (s *site) textOf(e ast.Expr) *ast.BasicLit {
	if arg := s.stringArg(e); arg != nil {
		e = arg
	}
	if v := s.variable(e); v != nil && len(s.uses(v)) == 1 {
		if def := s.definition(v); def != nil {
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
		if kv := field(a.lit, name); kv != nil {
			if lit := a.textOf(kv.Value); lit != nil {
				out = append(out, lit.Value)
				continue
			}
			out = append(out, a.text(kv.Value))
		}
	}
	return strings.Join(out, " ") + " "
}

// intoBuilder writes the arithmetic in terms of package expression.
func (a *addition) intoBuilder(b *builder, limits formula, limited bool) bool {
	q, ok := a.d.use(a.site, a.dialect.Expression, "expression")
	if !ok {
		return false
	}
	code, ok := a.inside()
	if !ok {
		return false
	}
	name := q + ".Name(" + strconv.Quote(a.attr) + ")"
	old := name
	if !limited || !limits.present(a.attr) {
		old = q + ".IfNotExists(" + name + ", " + q + ".Value(0))"
	}
	call := "Plus"
	if a.sum.minus {
		call = "Minus"
	}
	set, _ := enclosing[*ast.CallExpr](a.around(a.slot))
	if set == nil {
		return false
	}
	a.d.swap(a.site, set, q+"."+call+"("+old+", "+q+".Value("+code+"))")
	return !limited || b.with(a.d, []string{limits.build(q)})
}

// Package pin makes a write demand that the attributes it depends on are what was read.
package pin

import (
	"go/ast"
	"go/types"
	"slices"
	"strings"

	"github.com/ddbvet/ddbvet/passes/finding"
	"github.com/ddbvet/ddbvet/passes/internal/dynamo"
	"github.com/ddbvet/ddbvet/passes/internal/fix/syntax"
	"github.com/ddbvet/ddbvet/passes/internal/fix/write"
)

// Read makes a write demand that the attributes it depends on are what was read: those whose values it computes from,
// and those that it was decided by. An attribute that is missing is let through, since what was read may have been its
// zero value.
func Read(src *syntax.Source, f *finding.Finding) (finding.Fix, bool) {
	p, attrs, ok := pins(src, f)
	if !ok {
		return finding.Fix{}, false
	}
	b, built := p.Builder()
	pin, put := p.Write, p.put
	if built {
		pin = func(n finding.Need) bool { return p.build(b, n) }
		put = func() bool { return b.With(p.D, p.built) }
	}
	for _, n := range attrs {
		if !pin(n) {
			return finding.Fix{}, false
		}
	}
	if !put() {
		return finding.Fix{}, false
	}
	return p.D.Fix(Title(attrs)+write.Refused(f), true)
}

// Title is the title of a fix that pins attributes.
func Title(attrs []finding.Need) string {
	return "make the write only if " + listed(attrs) + " as it was read"
}

// Pinnable lists the needs whose attributes a condition can hold to what was read, each once. Keys never change, and where
// something is pinned an item's presence needs nothing of its own. A version that the write counts on will do alone. There stays
// set for an attribute that is there whatever way the program went.
func Pinnable(needs []finding.Need) ([]finding.Need, bool) {
	if v, ok := CountedVersion(needs); ok {
		return []finding.Need{v}, true
	}
	var out []finding.Need
	for _, n := range needs {
		switch n.What {
		case "value", "attribute":
			if n.Attr == "" || strings.ContainsAny(n.Attr, ".[") {
				return nil, false
			}
			n.There = n.There && n.What == "attribute"
			if i := slices.IndexFunc(out, func(x finding.Need) bool { return x.Attr == n.Attr && x.Read == n.Read }); i >= 0 {
				out[i].There = out[i].There && n.There
			} else {
				out = append(out, n)
			}
		case "presence", "absence", "key":
		default:
			return nil, false
		}
	}
	return out, len(out) > 0 && len(out) <= 6
}

func listed(needs []finding.Need) string {
	var names []string
	for _, n := range needs {
		names = append(names, n.Attr)
	}
	if len(names) == 1 {
		return names[0] + " is"
	}
	return strings.Join(names[:len(names)-1], ", ") + " and " + names[len(names)-1] + " are each"
}

// Pins are conditions in the making.
type Pins struct {
	*write.Request
	F     *finding.Finding
	D     *syntax.Draft
	Guard *write.Guard
	Texts []string
	built []string
}

// pins starts the conditions of a finding's write, where it stands in the function of the finding and what it needs can be
// pinned.
func pins(src *syntax.Source, f *finding.Finding) (*Pins, []finding.Need, bool) {
	r, ok := write.Guardable(src, f.Writes[0])
	if !ok || len(f.Writes[0].Via) > 0 {
		return nil, nil, false
	}
	attrs, ok := Pinnable(f.Needs)
	return &Pins{Request: r, D: src.Draft(), Guard: &write.Guard{R: r}, F: f}, attrs, ok
}

// put gives the write the conditions.
func (p *Pins) put() bool {
	p.Guard.Text = write.Conjoined(p.Texts)
	return p.Guard.Put(p.D)
}

// Read gives the code of the value that was read for a need, kept before it is changed.
func (p *Pins) Read(n finding.Need) (string, types.Type, bool) {
	if n.Read < 0 || n.Read >= len(p.F.Reads) {
		return "", nil, false
	}
	h, ok := p.Held(p.F.Reads[n.Read], n.Attr)
	_, counted := CountedVersion([]finding.Need{n})
	if !ok || h.EmptyIsNull || p.MayBeNil(h) || h.ByHand && n.What == "value" && p.puts() && !counted { // what else of the item is stored by hand is not seen
		return p.before(n)
	}
	if p.again(h, n.Attr) {
		return "", nil, false // what the write has stored the first time is not what was read
	}
	first := p.Changed(h)
	if first == nil {
		return h.Code, h.Typ, true
	}
	st := p.beside(first)
	if st == nil {
		return "", nil, false
	}
	name := p.Fresh(Camel(h.Field.Name())+"Read", "read"+h.Field.Name())
	p.D.Insert(p.File, st.Pos(), name+" := "+h.Code+"\n")
	return name, h.Typ, true
}

// again reports a write that a loop repeats with what was read before it, and that stores the attribute: it would be refused the
// second time.
func (p *Pins) again(h write.Held, attr string) bool {
	if h.Variable == nil || !p.Repeated(h.Variable.Pos()) {
		return false
	}
	if text, ok := p.updateText(); ok {
		return strings.Contains(text, attr)
	}
	return true
}

// updateText gives the update expression with the attributes that its placeholders stand for.
func (p *Pins) updateText() (string, bool) {
	kv := write.Field(p.Lit, dynamo.UpdateExpression)
	if kv == nil {
		return "", false
	}
	text, ok := write.StringOf(p.Of, kv.Value)
	for placeholder, attr := range (&write.Request{Site: p.Of, Of: p.Of, Lit: p.Lit}).Placeholders() {
		text = strings.ReplaceAll(text, placeholder, attr)
	}
	return text, ok
}

// spelled gives the name under which a put stores an attribute, where the item is written out: the SDK's decoder finds it in other
// letter case too, and a condition does not.
func (p *Pins) spelled(attr string) string {
	kv := write.Field(p.Lit, dynamo.Item)
	if kv == nil {
		return attr
	}
	item, _ := write.InputLiteral(p.Of, kv.Value)
	if item == nil {
		return attr
	}
	other := attr
	for _, e := range item.Elts {
		pair, ok := e.(*ast.KeyValueExpr)
		if !ok {
			continue
		}
		switch name, ok := p.Of.Constant(pair.Key); {
		case ok && name == attr:
			return attr
		case ok && strings.EqualFold(name, attr):
			other = name
		}
	}
	return other
}

// puts reports a write of a whole item.
func (p *Pins) puts() bool {
	return strings.HasSuffix(p.F.Writes[0].Op, "Put") || p.F.Writes[0].Op == "PutItem"
}

// beside gives the statement around a place that stands in a block around the write.
func (p *Pins) beside(n ast.Node) ast.Stmt {
	within := map[ast.Node]bool{}
	for _, x := range p.Path {
		within[x] = true
	}
	path := p.Around(n).Path
	for i, x := range path {
		st, ok := x.(ast.Stmt)
		if ok && i+1 < len(path) && within[path[i+1]] {
			if _, block := path[i+1].(*ast.BlockStmt); block && st.Pos() < p.Call.Pos() {
				if branch, ok := st.(*ast.IfStmt); ok && syntax.MentionsNil(branch.Cond) {
					return nil // what is held may be nil before it
				}
				return st
			}
		}
	}
	return nil
}

// Write pins one attribute in the text of the condition.
func (p *Pins) Write(n finding.Need) bool {
	code, t, ok := p.Read(n)
	if !ok {
		return false
	}
	value, ok := write.Encode(p.D, p.Request, code, t)
	if !ok {
		return false
	}
	n.Attr = p.spelled(n.Attr)
	p.Texts = append(p.Texts, asRead(p.Guard, n, value))
	return true
}

// asRead is the condition that an attribute is as it was read: there with its value, or, unless it was there for certain,
// missing.
func asRead(g *write.Guard, n finding.Need, value string) string {
	if n.There {
		return g.Equal(n.Attr, n.Attr+"Read", value)
	}
	return g.Unchanged(n.Attr, n.Attr+"Read", value)
}

// builtAsRead is asRead in terms of package expression.
func builtAsRead(b *write.Builder, d *syntax.Draft, n finding.Need, code string) (string, bool) {
	if n.There {
		return b.Equal(d, n.Attr, code)
	}
	return b.Unchanged(d, n.Attr, code)
}

// build pins one attribute in terms of package expression.
func (p *Pins) build(b *write.Builder, n finding.Need) bool {
	code, _, ok := p.Read(n)
	if !ok {
		return false
	}
	text, ok := builtAsRead(b, p.D, n, code)
	p.built = append(p.built, text)
	return ok
}

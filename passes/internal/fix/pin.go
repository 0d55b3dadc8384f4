package fix

import (
	"go/ast"
	"go/types"
	"slices"
	"strconv"
	"strings"

	"github.com/ddbvet/ddbvet/passes/finding"
	"github.com/ddbvet/ddbvet/passes/internal/dynamo"
)

// pinRead makes a write demand that the attributes it depends on are what was read: those whose values it computes from,
// and those that it was decided by. An attribute that is missing is let through, since what was read may have been its
// zero value.
func pinRead(src *Source, f *finding.Finding) (finding.Fix, bool) {
	p, attrs, ok := src.pins(f)
	if !ok {
		return finding.Fix{}, false
	}
	b, built := p.builder()
	pin, put := p.write, p.put
	if built {
		pin = func(n finding.Need) bool { return p.build(b, n) }
		put = func() bool { return b.with(p.d, p.built) }
	}
	for _, n := range attrs {
		if !pin(n) {
			return finding.Fix{}, false
		}
	}
	if !put() {
		return finding.Fix{}, false
	}
	return p.d.fix(pinTitle(attrs)+refused(f), true)
}

func pinTitle(attrs []finding.Need) string {
	return "make the write only if " + listed(attrs) + " as it was read"
}

// pinnable lists the needs whose attributes a condition can hold to what was read, each once. Keys never change, and where
// something is pinned an item's presence needs nothing of its own. A version that the write counts on will do alone.
func pinnable(needs []finding.Need) ([]finding.Need, bool) {
	if v, ok := countedVersion(needs); ok {
		return []finding.Need{v}, true
	}
	var out []finding.Need
	for _, n := range needs {
		switch n.What {
		case "value", "attribute":
			if n.Attr == "" || strings.ContainsAny(n.Attr, ".[") {
				return nil, false
			}
			if !slices.ContainsFunc(out, func(x finding.Need) bool { return x.Attr == n.Attr && x.Read == n.Read }) {
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

// pins are conditions in the making.
type pins struct {
	*request
	f     *finding.Finding
	d     *draft
	guard *guard
	texts []string
	built []string
}

// pins starts the conditions of a finding's write, where it stands in the function of the finding and what it needs can be
// pinned.
func (src *Source) pins(f *finding.Finding) (*pins, []finding.Need, bool) {
	r, ok := src.guardable(f.Writes[0])
	if !ok || len(f.Writes[0].Via) > 0 {
		return nil, nil, false
	}
	attrs, ok := pinnable(f.Needs)
	return &pins{request: r, d: src.draft(), guard: &guard{r: r}, f: f}, attrs, ok
}

// put gives the write the conditions.
func (p *pins) put() bool {
	p.guard.text = conjoined(p.texts)
	return p.guard.put(p.d)
}

// conjoined makes one condition of alternatives that must all hold.
func conjoined(texts []string) string {
	if len(texts) == 1 {
		return texts[0]
	}
	return "(" + strings.Join(texts, ") AND (") + ")"
}

// unchanged is the condition that an attribute has a value, code in Go and hint for its placeholder, or is missing: what was
// read may have been its zero value.
func (g *guard) unchanged(attr, hint, code string) string {
	name := g.name(attr)
	return "attribute_not_exists(" + name + ") OR " + name + " = " + g.value(hint, code)
}

// unchanged is the same condition in terms of package expression.
func (b *builder) unchanged(d *draft, attr, code string) (string, bool) {
	q, ok := d.use(b.r.site, b.r.dialect.Expression, "expression")
	name := q + ".Name(" + strconv.Quote(attr) + ")"
	return q + ".Or(" + q + ".AttributeNotExists(" + name + "), " + name + ".Equal(" + q + ".Value(" + code + ")))", ok
}

// read gives the code of the value that was read for a need, kept before it is changed.
func (p *pins) read(n finding.Need) (string, types.Type, bool) {
	if n.Read < 0 || n.Read >= len(p.f.Reads) {
		return "", nil, false
	}
	h, ok := p.held(p.f.Reads[n.Read], n.Attr)
	_, counted := countedVersion([]finding.Need{n})
	if !ok || h.emptyIsNull || p.mayBeNil(h) || h.byHand && n.What == "value" && p.puts() && !counted { // what else of the item is stored by hand is not seen
		return "", nil, false
	}
	first := p.changed(h)
	if first == nil {
		return h.code, h.typ, true
	}
	st := p.beside(first)
	if st == nil {
		return "", nil, false
	}
	name := p.fresh(lower(h.field.Name())+"Read", "read"+h.field.Name())
	p.d.insert(p.file, st.Pos(), name+" := "+h.code+"\n")
	return name, h.typ, true
}

// puts reports a write of a whole item.
func (p *pins) puts() bool {
	return strings.HasSuffix(p.f.Writes[0].Op, "Put") || p.f.Writes[0].Op == "PutItem"
}

func lower(name string) string { return strings.ToLower(name[:1]) + name[1:] }

// beside gives the statement around a place that stands in a block around the write.
func (p *pins) beside(n ast.Node) ast.Stmt {
	within := map[ast.Node]bool{}
	for _, x := range p.path {
		within[x] = true
	}
	path := p.around(n).path
	for i, x := range path {
		st, ok := x.(ast.Stmt)
		if ok && i+1 < len(path) && within[path[i+1]] {
			if _, block := path[i+1].(*ast.BlockStmt); block && st.Pos() < p.call.Pos() {
				if branch, ok := st.(*ast.IfStmt); ok && mentionsNil(branch.Cond) {
					return nil // what is held may be nil before it
				}
				return st
			}
		}
	}
	return nil
}

func mentionsNil(e ast.Expr) bool {
	found := false
	ast.Inspect(e, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && id.Name == "nil" {
			found = true
		}
		return !found
	})
	return found
}

// write pins one attribute in the text of the condition.
func (p *pins) write(n finding.Need) bool {
	code, t, ok := p.read(n)
	if !ok {
		return false
	}
	value, ok := p.d.encode(p.request, code, t)
	if !ok {
		return false
	}
	p.texts = append(p.texts, p.guard.unchanged(n.Attr, n.Attr+"Read", value))
	return true
}

// encode writes Go code of a scalar as an attribute value.
func (d *draft) encode(r *request, code string, t types.Type) (string, bool) {
	b, ok := t.Underlying().(*types.Basic)
	if !ok || dynamo.OwnEncoding(t) {
		return "", false
	}
	plain := types.Identical(types.Unalias(t), b)
	switch {
	case b.Info()&types.IsString != 0:
		if !plain {
			code = "string(" + code + ")"
		}
		return d.attribute(r, "S", code)
	case b.Info()&types.IsBoolean != 0:
		if !plain {
			code = "bool(" + code + ")"
		}
		return d.attribute(r, "BOOL", code)
	case b.Info()&types.IsInteger != 0:
		text, ok := d.numberText(r.site, code, t)
		if !ok {
			return "", false
		}
		return d.attribute(r, "N", text)
	case b.Kind() == types.Float64:
		conv, ok := d.use(r.site, "strconv", "strconv")
		if !ok {
			return "", false
		}
		if !plain {
			code = "float64(" + code + ")"
		}
		return d.attribute(r, "N", conv+".FormatFloat("+code+", 'f', -1, 64)")
	}
	return "", false
}

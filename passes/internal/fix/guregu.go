package fix

import (
	"go/ast"
	"go/types"
	"strconv"
	"strings"

	"github.com/ddbvet/ddbvet/passes/finding"
	"github.com/ddbvet/ddbvet/passes/internal/dynamo"
)

// A sent chain is a write of github.com/guregu/dynamo: table.Put(v).Run(ctx). Its conditions are calls of If, which are all
// demanded.
type sent struct {
	*request
	f *finding.Finding
	// of is what the call that sends is made on.
	of ast.Expr
}

// sent finds the chain that a finding's write sends in the function of the finding.
func (src *Source) sent(f *finding.Finding) (*sent, bool) {
	w := f.Writes[0]
	s, ok := src.at(finding.Pos{File: w.File, Line: w.Line, Col: w.Col})
	if !ok || len(w.Via) > 0 || action(w.Op) != "" || len(f.Reads) != 1 {
		return nil, false
	}
	var found *sent
	ast.Inspect(s.outermost(), func(n ast.Node) bool {
		call, sel := (*ast.CallExpr)(nil), (*ast.SelectorExpr)(nil)
		if e, ok := n.(ast.Expr); ok {
			call, sel = method(e)
		}
		if call != nil && s.src.Fset.Position(call.Lparen).Line == w.Line && sends(s.callee(call)) {
			r := &request{site: s.around(call), call: call}
			r.of = r.site
			found = &sent{request: r, f: f, of: sel.X}
		}
		return found == nil
	})
	return found, found != nil
}

// sends reports a method that sends a write.
func sends(fn *types.Func) bool {
	m, ok := dynamo.MapperOf(fn)
	return ok && m.Role == dynamo.MapRun && (m.Op == "PutItem" || m.Op == "UpdateItem" || m.Op == "DeleteItem")
}

// only adds a condition to a chain, and its arguments.
func (s *sent) only(d *draft, condition string, args []string) {
	text := strconv.Quote(condition)
	if len(args) > 0 {
		text += ", " + strings.Join(args, ", ")
	}
	d.insert(s.file, s.of.End(), ".If("+text+")")
}

// chainOnce is createOnce for a chain.
func chainOnce(src *Source, f *finding.Finding) (finding.Fix, bool) {
	s, ok := src.sent(f)
	if !ok || f.Writes[0].Op != "PutItem" {
		return finding.Fix{}, false
	}
	key, ok := src.absentKey(f)
	if !ok {
		return finding.Fix{}, false
	}
	d := src.draft()
	s.only(d, "attribute_not_exists($)", []string{strconv.Quote(key)})
	return d.fix(createTitle(key)+refused(f), true)
}

// chainChecked is checked for a chain.
func chainChecked(src *Source, f *finding.Finding) (finding.Fix, bool) {
	s, ok := src.sent(f)
	if !ok || !decided(f.Needs) {
		return finding.Fix{}, false
	}
	meet, ok := src.at(f.Pos)
	if !ok {
		return finding.Fix{}, false
	}
	whole, ok := (&checks{r: s.request, f: f}).before(meet)
	if !ok || !covers(whole, f.Needs) || whole.asks() {
		return finding.Fix{}, false
	}
	d := src.draft()
	text, args := whole.chained()
	s.only(d, text, args)
	return d.fix("make DynamoDB check "+inWords(whole.attributes())+" again when the write arrives"+refused(f), true)
}

// chained writes a formula as a condition of a chain: $ is a name, ? a value.
func (f formula) chained() (text string, args []string) {
	if f.op == "" {
		return f.atom.chained()
	}
	var parts []string
	for _, p := range f.parts {
		part, more := p.chained()
		if p.op != f.op && (p.op != "" || f.op == "AND" && p.atom.missing || f.op == "OR" && p.atom.present) {
			part = "(" + part + ")"
		}
		parts, args = append(parts, part), append(args, more...)
	}
	return strings.Join(parts, " "+f.op+" "), args
}

func (a atom) chained() (text string, args []string) {
	name := strconv.Quote(a.attr)
	switch {
	case a.null() && a.op.String() == "==":
		return "attribute_not_exists($)", []string{name}
	case a.null():
		return "attribute_exists($)", []string{name}
	case a.other != "":
		text, args = "$ "+symbols[a.op]+" $", []string{name, strconv.Quote(a.other)}
	default:
		text, args = "$ "+symbols[a.op]+" ?", []string{name, a.code}
	}
	if a.missing {
		return "attribute_not_exists($) OR " + text, append([]string{name}, args...)
	}
	if a.present {
		return "attribute_exists($) AND " + text, append([]string{name}, args...)
	}
	return text, args
}

// chainPins is pinRead for a chain.
func chainPins(src *Source, f *finding.Finding) (finding.Fix, bool) {
	s, ok := src.sent(f)
	if !ok {
		return finding.Fix{}, false
	}
	attrs, ok := pinnable(f.Needs)
	if !ok {
		return finding.Fix{}, false
	}
	p := &pins{request: s.request, d: src.draft(), f: f}
	var args []string
	for _, n := range attrs {
		code, t, ok := p.read(n)
		if !ok {
			return finding.Fix{}, false
		}
		if _, basic := t.Underlying().(*types.Basic); !basic {
			return finding.Fix{}, false
		}
		name := strconv.Quote(n.Attr)
		p.texts = append(p.texts, "attribute_not_exists($) OR $ = ?")
		args = append(args, name, name, code)
	}
	s.only(p.d, conjoined(p.texts), args)
	return p.d.fix(pinTitle(attrs)+refused(f), true)
}

// chainLock is optimisticLock for a chain that puts an item which its function has read, and which has a version.
func chainLock(src *Source, f *finding.Finding) (finding.Fix, bool) {
	s, ok := src.sent(f)
	if !ok {
		return finding.Fix{}, false
	}
	v := s.putValue()
	if v == nil || !(&chain{}).local(&link{at: s.site}, v, f) {
		return finding.Fix{}, false
	}
	d := src.draft()
	what, ok := s.locked(d, v, s.fresh("version", "readVersion", "versionRead"))
	if !ok {
		return finding.Fix{}, false
	}
	return d.fix("put the item only if its "+what+refused(f), true)
}

// locked makes a chain that puts what a variable holds demand the version that was read, which saved keeps, and counts it on.
func (s *sent) locked(d *draft, v *types.Var, saved string) (what string, ok bool) {
	e, ok := s.src.entity(v.Type())
	if !ok {
		return "", false
	}
	version, ok := e.version(s.dialect)
	st, _ := s.around(s.of).statement()
	if !ok || version.added || s.changes(e, version.field) || st == nil {
		return "", false
	}
	counter := v.Name() + "." + version.field
	d.insert(s.file, st.Pos(), saved+" := "+counter+"\n"+counter+"++\n")
	name := strconv.Quote(version.attr)
	s.only(d, "attribute_not_exists($) OR $ = ?", []string{name, name, saved})
	return version.attr + " is still the one that was read, and count it on (" + counter + ")", true
}

// putValue gives the variable in Put(v) of a chain.
func (s *sent) putValue() *types.Var {
	e := s.of
	for range 20 {
		call, sel := method(e)
		if call == nil {
			return nil
		}
		if sel.Sel.Name == "Put" && len(call.Args) == 1 {
			return s.variable(call.Args[0])
		}
		e = sel.X
	}
	return nil
}

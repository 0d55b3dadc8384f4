package fix

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"github.com/ddbvet/ddbvet/passes/finding"
)

// checked makes DynamoDB check, when the write arrives, what the code has checked before it: the comparisons by which the
// write was decided become its condition. Where they stand in a function that reads and says yes or no, they are taken from
// there.
func checked(src *Source, f *finding.Finding) (finding.Fix, bool) {
	r, ok := src.guardable(f.Writes[0])
	if !ok || len(f.Reads) != 1 || !decided(f.Needs) {
		return finding.Fix{}, false
	}
	meet, ok := src.at(f.Pos)
	if !ok {
		return finding.Fix{}, false
	}
	c := &checks{r: r, f: f}
	whole, ok := c.before(meet)
	if !ok || !covers(whole, f.Needs) {
		return finding.Fix{}, false
	}
	if len(f.Writes[0].Via) > 0 && (!whole.constants() || !c.soleCaller()) {
		return finding.Fix{}, false
	}
	d := src.draft()
	if !c.encode(d, &whole) {
		return finding.Fix{}, false
	}
	if b, built := r.builder(); built {
		if whole.asks() {
			return finding.Fix{}, false
		}
		q, ok := d.use(r.site, r.dialect.Expression, "expression")
		if !ok || !b.with(d, []string{whole.build(q)}) {
			return finding.Fix{}, false
		}
	} else {
		g := &guard{r: r}
		g.text = whole.text(g)
		if !g.put(d) {
			return finding.Fix{}, false
		}
	}
	return d.fix("make DynamoDB check "+inWords(whole.attributes())+" again when the write arrives"+refused(f), true)
}

// decided reports a write that depends on decisions about attributes and on nothing else.
func decided(needs []finding.Need) bool {
	found := false
	for _, n := range needs {
		switch n.What {
		case "attribute":
			found = true
		case "presence", "key":
		default:
			return false
		}
	}
	return found
}

// covers reports a formula that checks every attribute that a decision was about.
func covers(f formula, needs []finding.Need) bool {
	all := f.attributes()
	return !slices.ContainsFunc(needs, func(n finding.Need) bool { return n.What == "attribute" && !slices.Contains(all, n.Attr) })
}

// inWords lists attributes, each once.
func inWords(attrs []string) string {
	var out []string
	for _, a := range attrs {
		if !slices.Contains(out, a) {
			out = append(out, a)
		}
	}
	if len(out) == 1 {
		return out[0]
	}
	return strings.Join(out[:len(out)-1], ", ") + " and " + out[len(out)-1]
}

// checks are the decisions before a write, to be turned into a formula.
type checks struct {
	r *request
	f *finding.Finding
	// depth bounds how far functions are looked into.
	depth int
	// sums translates comparisons that are more than of an attribute; nil where there are none.
	sums func(p *place, x *ast.BinaryExpr, want bool) (f formula, v verdict, ok bool)
}

// soleCaller reports that the functions between the checks and the write are called nowhere else.
func (c *checks) soleCaller() bool {
	if !c.r.src.Whole {
		return false
	}
	between := []*site{c.r.site}
	for _, v := range c.f.Writes[0].Via[1:] {
		s, ok := c.r.src.at(finding.Pos{File: v.File, Line: v.Line})
		if !ok {
			return false
		}
		between = append(between, s)
	}
	return !slices.ContainsFunc(between, func(s *site) bool {
		fn, ok := enclosing[*ast.FuncDecl](s)
		return !ok || (&request{site: s}).callsOf(fn) != 1
	})
}

// A place is a function in which checks stand: where what was read comes from there, and what its parameters are.
type place struct {
	*site
	// line is that of the call by which the function reads, next the frames below it.
	line int
	next []finding.Frame
	// args are what the parameters stand for, in the place of the caller.
	args   map[*types.Var]ast.Expr
	caller *place
}

// before gives what is known where the write is made.
func (c *checks) before(meet *site) (formula, bool) {
	parts, ok := c.parts(meet)
	if !ok {
		return formula{}, false
	}
	return conjunction("AND", parts)
}

// start is the function in which the read and the write meet.
func (c *checks) start(meet *site) *place {
	read := c.f.Reads[0]
	p := &place{site: meet, line: read.Line}
	if len(read.Via) > 0 {
		p.line, p.next = read.Via[0].Line, read.Via[1:]
	}
	return p
}

// parts are what is known where the write is made, one after the other.
func (c *checks) parts(meet *site) (parts []formula, ok bool) {
	if len(meet.path) == 0 {
		return nil, false
	}
	p := c.start(meet)
	take := func(f formula, v verdict) {
		if v == relevant {
			parts = append(parts, f)
		}
	}
	add := func(e ast.Expr, want bool) bool {
		f, v := c.translate(p, e, want)
		take(f, v)
		// What is not understood may be left to the code, unless it looks at what the write was decided by.
		return v != unknown || !c.decides(p, e)
	}
	for i, n := range meet.path {
		if i == 0 {
			continue
		}
		child := meet.path[i-1]
		switch n := n.(type) {
		case *ast.FuncLit:
			return parts, c.readsIn(p, n) // what is outside of it was looked at before the read
		case *ast.IfStmt:
			if child == ast.Node(n.Body) && !add(n.Cond, true) || n.Else != nil && child == ast.Node(n.Else) && !add(n.Cond, false) {
				return nil, false
			}
		case *ast.BlockStmt:
			if !c.earlier(p, n.List, child, add, take) {
				return nil, false
			}
		case *ast.CaseClause:
			if !c.earlier(p, n.Body, child, add, take) {
				return nil, false
			}
			if sw, ok := meet.path[min(i+2, len(meet.path)-1)].(*ast.SwitchStmt); ok && !add(taken(sw, n), true) {
				return nil, false
			}
		}
	}
	return parts, true
}

// readsIn reports a function literal that makes the read itself.
func (c *checks) readsIn(p *place, fn *ast.FuncLit) bool {
	found := false
	ast.Inspect(fn.Body, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		found = found || ok && p.onLine(call, p.line)
		return !found
	})
	return found
}

// taken gives the condition under which a clause of a switch is taken, as far as the clause says it.
func taken(sw *ast.SwitchStmt, clause *ast.CaseClause) ast.Expr {
	var any ast.Expr
	for _, e := range clause.List {
		if sw.Tag != nil {
			e = &ast.BinaryExpr{X: sw.Tag, OpPos: e.Pos(), Op: token.EQL, Y: e}
		}
		if any == nil {
			any = e
		} else {
			any = &ast.BinaryExpr{X: any, OpPos: e.Pos(), Op: token.LOR, Y: e}
		}
	}
	if any == nil {
		return &ast.BasicLit{ValuePos: clause.Pos()} // the default
	}
	return any
}

// decides reports an expression that may look at an attribute which the write was decided by.
func (c *checks) decides(p *place, e ast.Expr) bool {
	found := false
	ast.Inspect(e, func(n ast.Node) bool {
		switch x := n.(type) {
		case *ast.SelectorExpr:
			if v := p.variable(x.X); v != nil && c.holds(p, v) {
				attr, _ := c.attribute(p, x)
				found = found || attr == "" || slices.ContainsFunc(c.f.Needs, func(n finding.Need) bool { return n.Attr == attr })
				return false
			}
		case *ast.Ident:
			v := p.variable(x)
			found = found || v != nil && c.holds(p, v)
		case *ast.CallExpr:
			found = found || p.onLine(x, p.line)
		}
		return !found
	})
	return found
}

// earlier adds what holds after the statements before one, as far as they leave otherwise.
func (c *checks) earlier(p *place, list []ast.Stmt, until ast.Node, add func(ast.Expr, bool) bool, take func(formula, verdict)) bool {
	for _, st := range list {
		if ast.Node(st) == until {
			return true
		}
		switch st := st.(type) {
		case *ast.IfStmt:
			if st.Else == nil && ends(st.Body) && !add(st.Cond, false) {
				return false
			}
		case *ast.RangeStmt:
			if !c.looked(p, st, take) {
				return false
			}
		case *ast.SwitchStmt:
			if !c.after(st, add) {
				return false
			}
		}
	}
	return true
}

// after adds what holds after a switch: none of the clauses that leave was taken, or one of those that do not.
func (c *checks) after(sw *ast.SwitchStmt, add func(ast.Expr, bool) bool) bool {
	var stay ast.Expr
	other, only := false, true
	for _, st := range sw.Body.List {
		clause := st.(*ast.CaseClause)
		leave := ends(&ast.BlockStmt{List: clause.Body})
		switch {
		case clause.List == nil:
			other = leave
		case !leave:
			only = false
			if stay == nil {
				stay = taken(sw, clause)
			} else {
				stay = &ast.BinaryExpr{X: stay, OpPos: clause.Pos(), Op: token.LOR, Y: taken(sw, clause)}
			}
		case only:
			if !add(taken(sw, clause), false) {
				return false
			}
		}
	}
	return !other || stay == nil || add(stay, true)
}

// ends reports a block that is left for good.
func ends(b *ast.BlockStmt) bool {
	if len(b.List) == 0 {
		return false
	}
	return leaves(b.List[len(b.List)-1])
}

func conjunction(op string, parts []formula) (formula, bool) {
	var flat []formula
	for _, p := range parts {
		if p.op == op {
			flat = append(flat, p.parts...)
		} else {
			flat = append(flat, p)
		}
	}
	switch len(flat) {
	case 0:
		return formula{}, false
	case 1:
		return flat[0], true
	}
	return formula{op: op, parts: flat}, true
}

// Package decision makes DynamoDB check, when a write arrives, what the code has checked before it.
package decision

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"github.com/ddbvet/ddbvet/passes/finding"
	"github.com/ddbvet/ddbvet/passes/internal/fix/syntax"
	"github.com/ddbvet/ddbvet/passes/internal/fix/write"
)

// Checked makes DynamoDB check, when the write arrives, what the code has checked before it: the comparisons by which the
// write was decided become its condition. Where they stand in a function that reads and says yes or no, they are taken from
// there.
func Checked(src *syntax.Source, f *finding.Finding) (finding.Fix, bool) {
	r, ok := write.Guardable(src, f.Writes[0])
	if !ok || len(f.Reads) != 1 || !Decided(f.Needs) {
		return finding.Fix{}, false
	}
	meet, ok := src.At(f.Pos)
	if !ok {
		return finding.Fix{}, false
	}
	c := &Checks{R: r, F: f}
	whole, ok := c.Before(meet)
	if !ok || !Covers(whole, f.Needs) {
		return finding.Fix{}, false
	}
	if len(f.Writes[0].Via) > 0 && (!whole.constants() || !c.soleCaller()) {
		return finding.Fix{}, false
	}
	d := src.Draft()
	if !c.Encode(d, &whole) {
		return finding.Fix{}, false
	}
	if b, built := r.Builder(); built {
		if whole.Asks() {
			return finding.Fix{}, false
		}
		q, ok := d.Use(r.Site, r.Dialect.Expression, "expression")
		if !ok || !b.With(d, []string{whole.Build(q)}) {
			return finding.Fix{}, false
		}
	} else {
		g := &write.Guard{R: r}
		g.Text = whole.Text(g)
		if !g.Put(d) {
			return finding.Fix{}, false
		}
	}
	return d.Fix("make DynamoDB check "+InWords(whole.Attributes())+" again when the write arrives"+write.Refused(f), true)
}

// Decided reports a write that depends on decisions about attributes and on nothing else.
func Decided(needs []finding.Need) bool {
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

// Covers reports a formula that checks every attribute that a decision was about.
func Covers(f Formula, needs []finding.Need) bool {
	all := f.Attributes()
	return !slices.ContainsFunc(needs, func(n finding.Need) bool { return n.What == "attribute" && !slices.Contains(all, n.Attr) })
}

// InWords lists attributes, each once.
func InWords(attrs []string) string {
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

// Checks are the decisions before a write, to be turned into a formula.
type Checks struct {
	R *write.Request
	F *finding.Finding
	// depth bounds how far functions are looked into.
	depth int
	// sums translates comparisons that are more than of an attribute; nil where there are none.
	Sums func(p *Place, x *ast.BinaryExpr, want bool) (f Formula, v Verdict, ok bool)
}

// soleCaller reports that the functions between the checks and the write are called nowhere else.
func (c *Checks) soleCaller() bool {
	if !c.R.Src.Whole {
		return false
	}
	between := []*syntax.Site{c.R.Site}
	for _, v := range c.F.Writes[0].Via[1:] {
		s, ok := c.R.Src.At(finding.Pos{File: v.File, Line: v.Line})
		if !ok {
			return false
		}
		between = append(between, s)
	}
	return !slices.ContainsFunc(between, func(s *syntax.Site) bool {
		fn, ok := syntax.Enclosing[*ast.FuncDecl](s)
		return !ok || (&write.Request{Site: s}).CallsOf(fn) != 1
	})
}

// A Place is a function in which checks stand: where what was read comes from there, and what its parameters are.
type Place struct {
	*syntax.Site
	// line is that of the call by which the function reads, next the frames below it.
	line int
	next []finding.Frame
	// args are what the parameters stand for, in the place of the caller.
	args   map[*types.Var]ast.Expr
	Caller *Place
}

// Before gives what is known where the write is made.
func (c *Checks) Before(meet *syntax.Site) (Formula, bool) {
	parts, ok := c.Parts(meet)
	if !ok {
		return Formula{}, false
	}
	return Conjunction("AND", parts)
}

// Start is the function in which the read and the write meet.
func (c *Checks) Start(meet *syntax.Site) *Place {
	read := c.F.Reads[0]
	p := &Place{Site: meet, line: read.Line}
	if len(read.Via) > 0 {
		p.line, p.next = read.Via[0].Line, read.Via[1:]
	}
	return p
}

// Parts are what is known where the write is made, one after the other.
func (c *Checks) Parts(meet *syntax.Site) (parts []Formula, ok bool) {
	if len(meet.Path) == 0 {
		return nil, false
	}
	p := c.Start(meet)
	take := func(f Formula, v Verdict) {
		if v == Relevant {
			parts = append(parts, f)
		}
	}
	add := func(e ast.Expr, want bool) bool {
		f, v := c.Translate(p, e, want)
		take(f, v)
		// What is not understood may be left to the code, unless it looks at what the write was decided by.
		return v != Unknown || !c.decides(p, e)
	}
	for i, n := range meet.Path {
		if i == 0 {
			continue
		}
		child := meet.Path[i-1]
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
			if sw, ok := meet.Path[min(i+2, len(meet.Path)-1)].(*ast.SwitchStmt); ok && !add(taken(sw, n), true) {
				return nil, false
			}
		}
	}
	return parts, true
}

// readsIn reports a function literal that makes the read itself.
func (c *Checks) readsIn(p *Place, fn *ast.FuncLit) bool {
	found := false
	ast.Inspect(fn.Body, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		found = found || ok && write.OnLine(p.Site, call, p.line)
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
func (c *Checks) decides(p *Place, e ast.Expr) bool {
	found := false
	ast.Inspect(e, func(n ast.Node) bool {
		switch x := n.(type) {
		case *ast.SelectorExpr:
			if v := p.Variable(x.X); v != nil && c.holds(p, v) {
				attr, _ := c.attribute(p, x)
				found = found || attr == "" || slices.ContainsFunc(c.F.Needs, func(n finding.Need) bool { return n.Attr == attr })
				return false
			}
		case *ast.Ident:
			v := p.Variable(x)
			found = found || v != nil && c.holds(p, v)
		case *ast.CallExpr:
			found = found || write.OnLine(p.Site, x, p.line)
		}
		return !found
	})
	return found
}

// earlier adds what holds after the statements before one, as far as they leave otherwise.
func (c *Checks) earlier(p *Place, list []ast.Stmt, until ast.Node, add func(ast.Expr, bool) bool, take func(Formula, Verdict)) bool {
	for _, st := range list {
		if ast.Node(st) == until {
			return true
		}
		switch st := st.(type) {
		case *ast.IfStmt:
			if st.Else == nil && syntax.Ends(st.Body) && !add(st.Cond, false) {
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
func (c *Checks) after(sw *ast.SwitchStmt, add func(ast.Expr, bool) bool) bool {
	var stay ast.Expr
	other, only := false, true
	for _, st := range sw.Body.List {
		clause := st.(*ast.CaseClause)
		leave := syntax.Ends(&ast.BlockStmt{List: clause.Body})
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

// Conjunction joins formulas by AND or OR; ok is false where there are none.
func Conjunction(op string, parts []Formula) (Formula, bool) {
	var flat []Formula
	for _, p := range parts {
		if p.Op == op {
			flat = append(flat, p.Parts...)
		} else {
			flat = append(flat, p)
		}
	}
	switch len(flat) {
	case 0:
		return Formula{}, false
	case 1:
		return flat[0], true
	}
	return Formula{Op: op, Parts: flat}, true
}

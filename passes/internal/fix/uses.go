package fix

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"
)

// uses lists where the function around a place takes the value of a variable.
func (s *site) uses(v *types.Var) []*ast.Ident {
	targets := map[*ast.Ident]bool{}
	var out []*ast.Ident
	ast.Inspect(s.outermost(), func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			for _, l := range n.Lhs {
				if id, ok := ast.Unparen(l).(*ast.Ident); ok && (n.Tok == token.ASSIGN || n.Tok == token.DEFINE) {
					targets[id] = true
				}
			}
		case *ast.Ident:
			if s.Info.Uses[n] == v && !targets[n] {
				out = append(out, n)
			}
		}
		return true
	})
	return out
}

// within reports a node that is a part of one of others.
func within(n ast.Node, others []ast.Node) bool {
	return slices.ContainsFunc(others, func(o ast.Node) bool { return o != nil && o.Pos() <= n.Pos() && n.End() <= o.End() })
}

// logged reports a place among the arguments of a call that logs, and does nothing else.
func (s *site) logged(n ast.Node) bool {
	for _, x := range s.around(n).path {
		st, ok := x.(*ast.ExprStmt)
		if !ok {
			continue
		}
		call, ok := st.X.(*ast.CallExpr)
		if !ok {
			return false
		}
		logs := false
		ast.Inspect(call.Fun, func(n ast.Node) bool { // logger.Info().Int("n", n).Msg("…") is one
			id, ok := n.(*ast.Ident)
			if ok {
				f, _ := s.Info.Uses[id].(*types.Func)
				logs = logs || f != nil && f.Pkg() != nil && logger(f.Pkg().Path())
			}
			return !logs
		})
		return logs
	}
	return false
}

// logger reports the path of a package that logs.
func logger(path string) bool {
	name := path[strings.LastIndex(path, "/")+1:]
	return strings.Contains(name, "log") || strings.Contains(name, "zap")
}

// over reports a place in a branch that ends without the write: what is done there has nothing to do with it.
func (r *request) over(n ast.Node) bool {
	for _, x := range r.around(n).path {
		if b, ok := x.(*ast.BlockStmt); ok && !slices.Contains(r.path, ast.Node(b)) && ends(b) {
			return true
		}
	}
	return false
}

// repeated reports a place that is passed more than once, as far as one can tell, after another one was: in a loop, or in a
// closure.
func (s *site) repeated(since token.Pos) bool {
	return slices.ContainsFunc(s.path, func(n ast.Node) bool {
		switch n.(type) {
		case *ast.ForStmt, *ast.RangeStmt, *ast.FuncLit:
			return since < n.Pos()
		}
		return false
	})
}

// A cleanup takes away what nothing uses any more after a fix.
type cleanup struct {
	*site
	d    *draft
	gone []ast.Node
}

// unused takes away the definitions of variables whose uses are all gone: the statement, or only the name where the
// statement does something.
func (c *cleanup) unused(vars ...*types.Var) bool {
	done := map[*types.Var]bool{}
	for len(vars) > 0 {
		v := vars[0]
		vars = vars[1:]
		if done[v] || slices.ContainsFunc(c.uses(v), func(id *ast.Ident) bool { return !within(id, c.gone) }) {
			continue
		}
		done[v] = true
		all := c.assignments(v)
		if len(all) == 0 {
			continue // a parameter
		}
		if len(all) != 1 {
			return false
		}
		as, ok := all[0].stmt.(*ast.AssignStmt)
		if !ok || as.Tok != token.DEFINE {
			return false
		}
		if len(as.Lhs) == 1 && c.pure(as.Rhs[0]) {
			if !c.line(as) {
				return false
			}
			vars = append(vars, c.named(as)...)
			continue
		}
		if !c.blank(as, v) {
			return false
		}
	}
	return true
}

// named are the local variables whose values a statement takes.
func (c *cleanup) named(n ast.Node) (out []*types.Var) {
	ast.Inspect(n, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && c.Info.Uses[id] != nil {
			if v := c.variable(id); v != nil && !slices.Contains(out, v) {
				out = append(out, v)
			}
		}
		return true
	})
	return out
}

// pure reports an expression that does nothing besides giving a value.
func (s *site) pure(e ast.Expr) bool {
	ok := true
	ast.Inspect(e, func(n ast.Node) bool {
		call, isCall := n.(*ast.CallExpr)
		if !isCall || s.Info.Types[call.Fun].IsType() || s.takesOut(call) != "" {
			return ok
		}
		id := calledName(call)
		f, _ := s.Info.Uses[id].(*types.Func)
		ok = ok && f != nil && f.Pkg() != nil && (f.Pkg().Path() == "strconv" || f.Pkg().Path() == "fmt" && strings.HasPrefix(f.Name(), "Sprint"))
		return ok
	})
	return ok
}

// line takes a statement away with its lines, and leaves the comments that are there; ok is false where something else is on
// them.
func (c *cleanup) line(st ast.Stmt) bool { return c.lines(st, st.End()) }

// lines is line for a statement and all that stands behind it up to a place.
func (c *cleanup) lines(st ast.Stmt, last token.Pos) bool {
	tf := c.src.Fset.File(st.Pos())
	content, err := c.src.Read(tf.Name())
	if err != nil {
		return false
	}
	var comments strings.Builder
	from, to := tf.Offset(st.Pos()), tf.Offset(last)
	for _, group := range c.file.Comments {
		if group.Pos() > st.Pos() && tf.Line(group.Pos()) <= tf.Line(last) {
			comments.WriteString(c.src.text(group) + "\n")
			to = max(to, tf.Offset(group.End()))
		}
	}
	for from > 0 && (content[from-1] == ' ' || content[from-1] == '\t') {
		from--
	}
	for to < len(content) && (content[to] == ' ' || content[to] == '\t' || content[to] == '\r') {
		to++
	}
	if from > 0 && content[from-1] != '\n' || to >= len(content) || content[to] != '\n' {
		return false
	}
	c.d.replace(c.file, tf.Pos(from), tf.Pos(to+1), comments.String())
	c.gone = append(c.gone, st)
	return true
}

// blank puts _ in the place of a variable, and = for := where no other one is new.
func (c *cleanup) blank(as *ast.AssignStmt, v *types.Var) bool {
	other := false
	for _, l := range as.Lhs {
		id, ok := l.(*ast.Ident)
		if !ok {
			return false
		}
		if c.Info.Defs[id] == v {
			c.d.swap(c.site, id, "_")
			continue
		}
		other = other || c.Info.Defs[id] != nil && id.Name != "_"
	}
	if !other {
		c.d.replace(c.file, as.TokPos, as.TokPos+2, "=")
	}
	return true
}

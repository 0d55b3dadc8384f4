package syntax

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"
)

// Uses lists where the function around a place takes the value of a variable.
func (s *Site) Uses(v *types.Var) []*ast.Ident {
	targets := map[*ast.Ident]bool{}
	var out []*ast.Ident
	ast.Inspect(s.Outermost(), func(n ast.Node) bool {
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

// Within reports a node that is a part of one of others.
func Within(n ast.Node, others []ast.Node) bool {
	return slices.ContainsFunc(others, func(o ast.Node) bool { return o != nil && o.Pos() <= n.Pos() && n.End() <= o.End() })
}

// Logged reports a place among the arguments of a call that logs, and does nothing else.
func (s *Site) Logged(n ast.Node) bool {
	for _, x := range s.Around(n).Path {
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

// Repeated reports a place that is passed more than once, as far as one can tell, after another one was: in a loop, or in a
// closure.
func (s *Site) Repeated(since token.Pos) bool {
	return slices.ContainsFunc(s.Path, func(n ast.Node) bool {
		switch n.(type) {
		case *ast.ForStmt, *ast.RangeStmt, *ast.FuncLit:
			return since < n.Pos()
		}
		return false
	})
}

// A Cleanup takes away what nothing uses any more after a fix.
type Cleanup struct {
	*Site
	D    *Draft
	Gone []ast.Node
}

// Unused takes away the definitions of variables whose uses are all gone: the statement, or only the name where the
// statement does something.
func (c *Cleanup) Unused(vars ...*types.Var) bool {
	done := map[*types.Var]bool{}
	for len(vars) > 0 {
		v := vars[0]
		vars = vars[1:]
		if done[v] || slices.ContainsFunc(c.Uses(v), func(id *ast.Ident) bool { return !Within(id, c.Gone) }) {
			continue
		}
		done[v] = true
		all := c.Assignments(v)
		if len(all) == 0 {
			continue // a parameter
		}
		if len(all) != 1 {
			return false
		}
		as, ok := all[0].Stmt.(*ast.AssignStmt)
		if !ok || as.Tok != token.DEFINE {
			return false
		}
		if len(as.Lhs) == 1 && c.Pure(as.Rhs[0]) {
			if !c.Line(as) {
				return false
			}
			vars = append(vars, c.Named(as)...)
			continue
		}
		if !c.blank(as, v) {
			return false
		}
	}
	return true
}

// Named are the local variables whose values a statement takes.
func (c *Cleanup) Named(n ast.Node) (out []*types.Var) {
	ast.Inspect(n, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && c.Info.Uses[id] != nil {
			if v := c.Variable(id); v != nil && !slices.Contains(out, v) {
				out = append(out, v)
			}
		}
		return true
	})
	return out
}

// Pure reports an expression that does nothing besides giving a value.
func (s *Site) Pure(e ast.Expr) bool {
	ok := true
	ast.Inspect(e, func(n ast.Node) bool {
		call, isCall := n.(*ast.CallExpr)
		if !isCall || s.Info.Types[call.Fun].IsType() || s.TakesOut(call) != "" {
			return ok
		}
		id := CalledName(call)
		f, _ := s.Info.Uses[id].(*types.Func)
		ok = ok && f != nil && f.Pkg() != nil && (f.Pkg().Path() == "strconv" || f.Pkg().Path() == "fmt" && strings.HasPrefix(f.Name(), "Sprint"))
		return ok
	})
	return ok
}

// Line takes a statement away with its lines, and leaves the comments that are there; ok is false where something else is on
// them.
func (c *Cleanup) Line(st ast.Stmt) bool { return c.Lines(st, st.End()) }

// Lines is line for a statement and all that stands behind it up to a place.
func (c *Cleanup) Lines(st ast.Stmt, last token.Pos) bool {
	tf := c.Src.Fset.File(st.Pos())
	content, err := c.Src.Read(tf.Name())
	if err != nil {
		return false
	}
	var comments strings.Builder
	from, to := tf.Offset(st.Pos()), tf.Offset(last)
	for _, group := range c.File.Comments {
		if group.Pos() > st.Pos() && tf.Line(group.Pos()) <= tf.Line(last) {
			comments.WriteString(c.Src.Text(group) + "\n")
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
	c.D.Replace(c.File, tf.Pos(from), tf.Pos(to+1), comments.String())
	c.Gone = append(c.Gone, st)
	return true
}

// blank puts _ in the place of a variable, and = for := where no other one is new.
func (c *Cleanup) blank(as *ast.AssignStmt, v *types.Var) bool {
	other := false
	for _, l := range as.Lhs {
		id, ok := l.(*ast.Ident)
		if !ok {
			return false
		}
		if c.Info.Defs[id] == v {
			c.D.Swap(c.Site, id, "_")
			continue
		}
		other = other || c.Info.Defs[id] != nil && id.Name != "_"
	}
	if !other {
		c.D.Replace(c.File, as.TokPos, as.TokPos+2, "=")
	}
	return true
}

// Mentioned collects the local variables of which an expression is made, and those of which they are.
func (s *Site) Mentioned(n ast.Node, into map[*types.Var]bool, depth int) {
	ast.Inspect(n, func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		if !ok {
			return true
		}
		v := s.Variable(id)
		if v == nil || into[v] {
			return true
		}
		into[v] = true
		def := s.Definition(v)
		if def == nil {
			def = s.OnlyValue(v)
		}
		if def != nil && depth < 4 {
			s.Mentioned(def, into, depth+1)
		}
		return true
	})
}

// TakesOut gives the attribute that a function of the source takes out of an item by its name: text(item, "name").
func (s *Site) TakesOut(call *ast.CallExpr) string {
	if _, fn := s.Src.Declared(s.Callee(call)); fn == nil || len(call.Args) != 2 {
		return ""
	}
	if t := s.Info.TypeOf(call.Args[0]); t == nil || !IsItem(t) {
		return ""
	}
	name, _ := s.Constant(call.Args[1])
	return name
}

// OnlyValue gives the one value that a variable gets beside constants: what was read, unless there was nothing.
func (s *Site) OnlyValue(v *types.Var) ast.Expr {
	if s.CountsOn(v) {
		return nil
	}
	var found ast.Expr
	for _, a := range s.Assignments(v) {
		if s.Info.Types[a.Value].Value != nil {
			continue
		}
		if found != nil || a.Result != 0 {
			return nil
		}
		found = a.Value
	}
	return found
}

// Mentions reports code that names a variable.
func (s *Site) Mentions(n ast.Node, v types.Object) bool {
	found := false
	ast.Inspect(n, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && s.Info.ObjectOf(id) == v {
			found = true
		}
		return !found
	})
	return found
}

// First gives the first element of a literal; nil where it has none.
func First(lit *ast.CompositeLit) ast.Expr {
	if len(lit.Elts) == 0 {
		return nil
	}
	return lit.Elts[0]
}

// MentionsNil reports an expression in which nil stands.
func MentionsNil(e ast.Expr) bool {
	found := false
	ast.Inspect(e, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && id.Name == "nil" {
			found = true
		}
		return !found
	})
	return found
}

// Variable gives the local variable that an expression is, or points to.
func (s *Site) Variable(e ast.Expr) *types.Var {
	e = ast.Unparen(e)
	switch x := e.(type) {
	case *ast.UnaryExpr:
		if x.Op == token.AND {
			e = ast.Unparen(x.X)
		}
	case *ast.StarExpr:
		e = ast.Unparen(x.X)
	}
	id, ok := e.(*ast.Ident)
	if !ok {
		return nil
	}
	v, _ := s.Info.ObjectOf(id).(*types.Var)
	if v == nil || v.IsField() || v.Parent() == nil || v.Parent() == s.Types.Scope() {
		return nil
	}
	return v
}

// CountsOn reports a variable that is set to what is computed from its own value: total += x, n++.
func (s *Site) CountsOn(v *types.Var) bool {
	found := false
	ast.Inspect(s.Outermost(), func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			found = found || n.Tok != token.ASSIGN && n.Tok != token.DEFINE && s.Variable(n.Lhs[0]) == v
		case *ast.IncDecStmt:
			found = found || s.Variable(n.X) == v
		}
		return !found
	})
	return found
}

// An Assigned value is one of those that a variable gets.
type Assigned struct {
	Stmt ast.Stmt
	// Value is what is assigned; Result is its place among the results of a call, 0 otherwise.
	Value  ast.Expr
	Result int
}

// Assignments lists what a local variable is assigned in its function, its declaration included.
func (s *Site) Assignments(v *types.Var) []Assigned {
	var out []Assigned
	ast.Inspect(s.Outermost(), func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			for i, l := range n.Lhs {
				if id, ok := ast.Unparen(l).(*ast.Ident); !ok || s.Info.ObjectOf(id) != v {
					continue
				}
				if len(n.Lhs) == len(n.Rhs) {
					out = append(out, Assigned{n, n.Rhs[i], 0})
				} else {
					out = append(out, Assigned{n, n.Rhs[0], i})
				}
			}
		case *ast.RangeStmt:
			for i, l := range []ast.Expr{n.Key, n.Value} {
				if id, ok := l.(*ast.Ident); ok && s.Info.ObjectOf(id) == v {
					out = append(out, Assigned{n, n.X, i})
				}
			}
		case *ast.DeclStmt:
			for _, spec := range n.Decl.(*ast.GenDecl).Specs {
				vs, ok := spec.(*ast.ValueSpec)
				if !ok {
					continue
				}
				for i, id := range vs.Names {
					if s.Info.ObjectOf(id) != v || len(vs.Values) == 0 {
						continue
					}
					if len(vs.Values) == len(vs.Names) {
						out = append(out, Assigned{n, vs.Values[i], 0})
					} else {
						out = append(out, Assigned{n, vs.Values[0], i})
					}
				}
			}
		}
		return true
	})
	return out
}

// Definition gives what a variable is assigned where that happens once, as the result of an expression.
func (s *Site) Definition(v *types.Var) ast.Expr {
	all := s.Assignments(v)
	if len(all) != 1 || all[0].Result != 0 {
		return nil
	}
	return all[0].Value
}

// Converted takes parentheses and conversions from one number to another away.
func (s *Site) Converted(e ast.Expr) ast.Expr {
	for {
		e = ast.Unparen(e)
		call, ok := e.(*ast.CallExpr)
		if !ok || len(call.Args) != 1 || !s.Info.Types[call.Fun].IsType() || !sameNumber(s.Info.TypeOf(call), s.Info.TypeOf(call.Args[0])) {
			return e
		}
		e = call.Args[0]
	}
}

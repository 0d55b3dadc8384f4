package write

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"github.com/ddbvet/ddbvet/passes/internal/dynamo"
	"github.com/ddbvet/ddbvet/passes/internal/expr"
	"github.com/ddbvet/ddbvet/passes/internal/fix/syntax"
)

// A condition need not be one constant: it may be put together, chosen by a branch, or given by callers. What it may be is
// a small set of texts as long as all that goes into it is in view.

// maxTexts bounds the texts of one expression.
const maxTexts = 32

// built stands for what an expression builder writes: nothing, or comparisons that are joined by anything.
var built = []string{"", "#0 = :0 OR #1 = :1"}

// texts lists the texts that a string, or a pointer to one, may be when the program runs; the empty one stands for none. ok
// is false where one is not in view.
func texts(s *syntax.Site, e ast.Expr, depth int) (all []string, ok bool) {
	if depth > 8 {
		return nil, false
	}
	e = ast.Unparen(e)
	if text, ok := s.Constant(e); ok {
		return []string{text}, true
	}
	switch x := e.(type) {
	case *ast.UnaryExpr:
		if x.Op == token.AND {
			return texts(s, x.X, depth+1)
		}
	case *ast.StarExpr:
		return texts(s, x.X, depth+1)
	case *ast.BinaryExpr:
		if x.Op == token.ADD {
			return joinedTexts(s, depth, x.X, x.Y)
		}
	case *ast.CallExpr:
		return calledTexts(s, x, depth)
	case *ast.Ident:
		if syntax.Named(x, "nil") {
			return []string{""}, true
		}
		if v := s.Variable(x); v != nil {
			return variableTexts(s, v, depth)
		}
	}
	return nil, false
}

// joinedTexts lists what expressions may be one after the other.
func joinedTexts(s *syntax.Site, depth int, parts ...ast.Expr) ([]string, bool) {
	all := []string{""}
	for _, p := range parts {
		more, ok := texts(s, p, depth+1)
		if !ok || len(all)*len(more) > maxTexts {
			return nil, false
		}
		var next []string
		for _, a := range all {
			for _, m := range more {
				next = append(next, a+m)
			}
		}
		all = next
	}
	return all, true
}

// calledTexts lists what a call may give: aws.String of a text, fmt.Sprintf of texts, the condition of a builder.
func calledTexts(s *syntax.Site, call *ast.CallExpr, depth int) ([]string, bool) {
	if arg := StringArg(s, call); arg != nil {
		return texts(s, arg, depth+1)
	}
	f := s.Callee(call)
	switch {
	case f == nil || f.Pkg() == nil:
	case f.Name() == "Condition" && strings.HasSuffix(f.Pkg().Path(), "dynamodb/expression"):
		return built, true
	case f.FullName() == "fmt.Sprintf" && len(call.Args) > 0 && !call.Ellipsis.IsValid():
		return formatted(s, call, depth)
	}
	return nil, false
}

// formatted lists what fmt.Sprintf may give for %s and %d.
func formatted(s *syntax.Site, call *ast.CallExpr, depth int) ([]string, bool) {
	format, ok := s.Constant(call.Args[0])
	if !ok {
		return nil, false
	}
	pieces := strings.Split(strings.ReplaceAll(format, "%d", "%s"), "%s")
	if len(pieces) != len(call.Args) || strings.Contains(strings.Join(pieces, ""), "%") {
		return nil, false
	}
	all := []string{pieces[0]}
	for i, arg := range call.Args[1:] {
		more, ok := []string{"0"}, syntax.IsInteger(s.Info.TypeOf(arg))
		if !ok {
			more, ok = texts(s, arg, depth+1)
		}
		if !ok || len(all)*len(more) > maxTexts {
			return nil, false
		}
		var next []string
		for _, a := range all {
			for _, m := range more {
				next = append(next, a+m+pieces[i+1])
			}
		}
		all = next
	}
	return all, true
}

// variableTexts lists what a variable may hold: what it is assigned, or given by all callers.
func variableTexts(s *syntax.Site, v *types.Var, depth int) ([]string, bool) {
	all, given := s.Assignments(v), givenTo(s, v)
	if given == nil && len(all) == 0 && !declaredHere(s, v) {
		return nil, false
	}
	var out, added []string
	if declaredEmpty(s, v) {
		out = append(out, "")
	}
	for _, c := range given {
		more, ok := texts(c.Site, c.arg, depth+1)
		if !ok {
			return nil, false
		}
		out = append(out, more...)
	}
	for _, a := range all {
		if a.Result != 0 || syntax.IsRange(a.Stmt) {
			return nil, false
		}
		more, ok := texts(s, a.Value, depth+1)
		if !ok {
			return nil, false
		}
		if as, is := a.Stmt.(*ast.AssignStmt); is && as.Tok == token.ADD_ASSIGN {
			added = append(added, more...)
		} else {
			out = append(out, more...)
		}
	}
	for _, a := range added { // one addition, after anything that was there before
		for _, o := range slices.Clone(out) {
			out = append(out, o+a)
		}
		if len(out) > maxTexts {
			return nil, false
		}
	}
	slices.Sort(out)
	return slices.Compact(out), len(out) > 0 && len(out) <= maxTexts
}

// declaredHere reports a variable that the function declares, rather than one that it is given or captures.
func declaredHere(s *syntax.Site, v *types.Var) bool {
	found := false
	ast.Inspect(s.Outermost(), func(n ast.Node) bool {
		if spec, ok := n.(*ast.ValueSpec); ok {
			found = found || slices.ContainsFunc(spec.Names, func(id *ast.Ident) bool { return s.Info.Defs[id] == v })
		}
		return !found
	})
	return found
}

// declaredEmpty reports var v string, which holds nothing at first.
func declaredEmpty(s *syntax.Site, v *types.Var) bool {
	found := false
	ast.Inspect(s.Outermost(), func(n ast.Node) bool {
		if spec, ok := n.(*ast.ValueSpec); ok && len(spec.Values) == 0 {
			found = found || slices.ContainsFunc(spec.Names, func(id *ast.Ident) bool { return s.Info.Defs[id] == v })
		}
		return !found
	})
	return found
}

// A givenArgument is what one call gives for a parameter.
type givenArgument struct {
	*syntax.Site
	arg ast.Expr
}

// givenTo lists what all callers give for a parameter of the function around a place; nil where they are not all in view.
func givenTo(s *syntax.Site, v *types.Var) []givenArgument {
	fn, ok := syntax.Enclosing[*ast.FuncDecl](s)
	if !ok || s.Parameter(fn, v) < 0 || fn.Name.IsExported() && !s.Src.Whole {
		return nil
	}
	f, _ := s.Info.Defs[fn.Name].(*types.Func)
	if f == nil || f.Signature().Variadic() {
		return nil
	}
	index, calls := s.Parameter(fn, v), CallsTo(s.Src, f)
	if len(calls) == 0 || len(calls) != (&Request{Site: s}).CallsOf(fn) {
		return nil // one is through an interface, or it is used as a value
	}
	var out []givenArgument
	for _, c := range calls {
		if index >= len(c.Call.Args) {
			return nil
		}
		out = append(out, givenArgument{c.Site, c.Call.Args[index]})
	}
	return out
}

// CallsTo lists the calls in the source that name a function.
func CallsTo(src *syntax.Source, f *types.Func) []syntax.Calling {
	var calls []syntax.Calling
	for s := range src.Sites() {
		ast.Inspect(s.File, func(n ast.Node) bool {
			if call, ok := n.(*ast.CallExpr); ok {
				if callee := s.Callee(call); callee != nil && callee.FullName() == f.FullName() {
					calls = append(calls, syntax.Calling{Site: s.Around(call), Call: call})
				}
			}
			return true
		})
	}
	return calls
}

// conditionTexts lists the conditions that a request may have when it is sent, the empty text for none.
func (r *Request) conditionTexts() ([]string, bool) {
	var out []string
	if kv := Field(r.Lit, dynamo.ConditionExpression); kv != nil {
		more, ok := texts(r.Of, kv.Value, 0)
		if !ok {
			return nil, false
		}
		out = append(out, more...)
	} else {
		out = append(out, "")
	}
	if r.Built != nil {
		return r.Built.conditionTexts(out)
	}
	if r.In == nil {
		return out, true
	}
	ok := true
	ast.Inspect(r.Outermost(), func(n ast.Node) bool {
		if text, set := r.isSet(n, dynamo.ConditionExpression); set {
			more, known := texts(r.Site, text, 0)
			ok = ok && known
			out = append(out, more...)
		}
		as, is := n.(*ast.AssignStmt)
		if !is {
			return true
		}
		for i, l := range as.Lhs {
			sel, is := ast.Unparen(l).(*ast.SelectorExpr)
			if !is || sel.Sel.Name != dynamo.ConditionExpression || r.Variable(sel.X) != r.In {
				continue
			}
			if len(as.Lhs) != len(as.Rhs) {
				ok = false
				return false
			}
			more, known := texts(r.Site, as.Rhs[i], 0)
			ok = ok && known
			out = append(out, more...)
		}
		return true
	})
	slices.Sort(out)
	return slices.Compact(out), ok && len(out) <= maxTexts
}

// A joint says how one more demand is put behind any of the conditions that a request may have.
type joint struct {
	// before and after stand around the condition that is there; none is set where there may be none, some where there may
	// be one.
	before, after string
	none, some    bool
}

// joint finds out how the guard is put behind conditions; ok is false where one of them cannot be told.
func (g *Guard) joint(texts []string) (j joint, ok bool) {
	unknown := func(string) (string, bool) { return "", false }
	mine, err := expr.ParseCondition(g.Text, unknown)
	if err != nil {
		return joint{}, false
	}
	grouped := false
	for _, t := range texts {
		if t == "" {
			j.none = true
			continue
		}
		j.some = true
		theirs, err := expr.ParseCondition(t, unknown)
		if err != nil || g.clashes(t) {
			return joint{}, false
		}
		// A parenthesis around another one is refused: then the inner one will do.
		grouped = grouped || theirs.Op == expr.Or && !expr.RedundantParentheses("("+t+")")
	}
	if grouped {
		j.before, j.after = "(", ")"
		for _, t := range texts {
			if t != "" && expr.RedundantParentheses("("+t+")") {
				return joint{}, false
			}
		}
	}
	j.after += " AND " + group(mine, g.Text)
	return j, true
}

// clashes reports a text that uses one of the guard's placeholders for something else.
func (g *Guard) clashes(text string) bool {
	return slices.ContainsFunc(append(slices.Clone(g.names), g.Values...), func(e entry) bool { return strings.Contains(text, e.Key) })
}

// Demanded reports that some caller's condition asks for an attribute already: then it is theirs to see to.
func (r *Request) Demanded(attr string) bool {
	texts, _ := r.conditionTexts()
	names := r.Placeholders()
	return slices.ContainsFunc(texts, func(t string) bool {
		c, err := expr.ParseCondition(t, func(p string) (string, bool) { n, ok := names[p]; return n, ok })
		if err != nil {
			return false
		}
		dnf, _ := c.Disjuncts()
		return slices.ContainsFunc(slices.Concat(dnf...), func(a expr.Atom) bool {
			return slices.ContainsFunc(a.Paths(), func(p expr.Path) bool { return dynamo.SameAttribute(p.Name, attr) })
		})
	})
}

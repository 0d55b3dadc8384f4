package stream

import (
	"go/ast"
	"go/types"
	"regexp"
	"strings"

	"github.com/ddbvet/ddbvet/passes/internal/fix/syntax"
)

// freshIn finds the one new identifier that an expression is made of: in place, or in a variable that holds it.
func freshIn(s *syntax.Site, n ast.Node) ast.Expr {
	var all []ast.Expr
	if n == nil {
		return nil
	}
	ast.Inspect(n, func(x ast.Node) bool {
		switch x := x.(type) {
		case *ast.CallExpr:
			if makesNew(s, x) {
				all = append(all, x)
				return false
			}
		case *ast.Ident:
			if v := s.Variable(x); v != nil && s.Info.Uses[x] != nil {
				if call, ok := s.Definition(v).(*ast.CallExpr); ok && makesNew(s, call) {
					all = append(all, call)
				}
			}
		}
		return true
	})
	if len(all) != 1 {
		return nil
	}
	return all[0]
}

// unique matches the paths of packages that make identifiers, sortable those whose identifiers sort by time.
var (
	unique   = regexp.MustCompile(`(?i)(uuid|ulid|ksuid|nanoid|guid|cuid|/xid)`)
	sortable = regexp.MustCompile(`(?i)(ulid|ksuid|/xid)`)
)

// sorts reports a new identifier that sorts by the time at which it was made.
func sorts(s *syntax.Site, fresh ast.Expr) bool {
	call, ok := fresh.(*ast.CallExpr)
	f := s.CalledFunc(call)
	return ok && (clocked(s, call) || f != nil && f.Pkg() != nil && sortable.MatchString(f.Pkg().Path()))
}

// clocked reports the present time as text: fmt.Sprint(time.Now().UnixNano()), time.Now().String().
func clocked(s *syntax.Site, call *ast.CallExpr) bool {
	f := s.CalledFunc(call)
	if f == nil || f.Pkg() == nil {
		return false
	}
	var now ast.Expr
	switch {
	case f.Pkg().Path() == "time" && (f.Name() == "Format" || f.Name() == "String"):
		now = call
	case f.Pkg().Path() == "fmt" && f.Name() == "Sprint" && len(call.Args) == 1, f.Pkg().Path() == "strconv" && len(call.Args) > 0:
		now = s.Converted(call.Args[0])
	case f.Pkg().Path() == "fmt" && f.Name() == "Sprintf" && len(call.Args) == 2 && plainVerb[s.Text(call.Args[0])]:
		now = s.Converted(call.Args[1])
	}
	made, ok := now.(*ast.CallExpr)
	if !ok {
		return false
	}
	of, ok := syntax.CallSelector(made)
	if !ok {
		return false
	}
	start, _ := ast.Unparen(of.X).(*ast.CallExpr)
	if utc, ok := syntax.CallSelector(start); ok && utc.Sel.Name == "UTC" {
		start, _ = ast.Unparen(utc.X).(*ast.CallExpr)
	}
	g := s.CalledFunc(start)
	return g != nil && g.Pkg() != nil && g.Pkg().Path() == "time" && g.Name() == "Now"
}

// plainVerb are formats that write a number and nothing else.
var plainVerb = map[string]bool{`"%d"`: true, `"%v"`: true}

// makesNew reports a call that makes a new identifier as a string: uuid.NewString(), ksuid.New().String(), or the time.
func makesNew(s *syntax.Site, call *ast.CallExpr) bool {
	if clocked(s, call) {
		return true
	}
	f := s.CalledFunc(call)
	if f == nil || f.Pkg() == nil || len(call.Args) > 0 || !unique.MatchString(f.Pkg().Path()) {
		return false
	}
	t := s.Info.TypeOf(call)
	if t == nil || !types.Identical(t, types.Typ[types.String]) {
		return false
	}
	sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
	if !ok || f.Signature().Recv() == nil {
		return ok
	}
	made, ok := ast.Unparen(sel.X).(*ast.CallExpr)
	of := s.CalledFunc(made)
	return ok && of != nil && strings.HasPrefix(of.Name(), "New") || ok && of != nil && of.Name() == "Make"
}

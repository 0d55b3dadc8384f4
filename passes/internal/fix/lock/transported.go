package lock

import (
	"go/ast"
	"go/types"
	"regexp"
	"slices"

	"github.com/ddbvet/ddbvet/passes/internal/dynamo"
	"github.com/ddbvet/ddbvet/passes/internal/fix/syntax"
	"github.com/ddbvet/ddbvet/passes/internal/fix/write"
)

// A version that is added is left out of what the struct is in JSON. So an item that comes from a queue, a cache or a request has
// none: where it is put over one that is there, the put is refused for ever.

// transported reports a value that a function of the source has decoded from something else than an item, and gave to the caller.
func (l *lock) transported(s *syntax.Site, e ast.Expr, depth int) bool {
	if !l.version.Added || depth > 4 {
		return false
	}
	if call, ok := ast.Unparen(e).(*ast.CallExpr); ok {
		return slices.ContainsFunc(write.Implementations(l.Src, s.Callee(call)), func(of *syntax.Site) bool {
			fn, _ := syntax.Enclosing[*ast.FuncDecl](of)
			return fn != nil && l.givesAny(of, fn) && l.decodesElse(of, 0)
		})
	}
	v := s.Variable(e)
	if x, ok := ast.Unparen(e).(*ast.IndexExpr); ok {
		v = s.Variable(x.X)
	}
	if v == nil {
		return false
	}
	if arg := givenClosure(s, v); arg != nil {
		return l.transported(s, arg, depth+1)
	}
	return slices.ContainsFunc(s.Assignments(v), func(a syntax.Assigned) bool {
		return s.Variable(a.Value) != v && l.transported(s, a.Value, depth+1)
	})
}

// givenClosure gives the argument for a parameter of a closure that is called where it stands: go func(j *Job) { … }(job).
func givenClosure(s *syntax.Site, v *types.Var) (arg ast.Expr) {
	ast.Inspect(s.Outermost(), func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok || arg != nil {
			return arg == nil
		}
		lit, ok := ast.Unparen(call.Fun).(*ast.FuncLit)
		if !ok {
			return true
		}
		i := 0
		for _, list := range lit.Type.Params.List {
			for _, id := range list.Names {
				if s.Info.Defs[id] == v && i < len(call.Args) {
					arg = call.Args[i]
				}
				i++
			}
		}
		return arg == nil
	})
	return arg
}

// givesAny reports a function of which a result is the entity, or a list of it.
func (l *lock) givesAny(s *syntax.Site, fn *ast.FuncDecl) bool {
	f, _ := s.Info.Defs[fn.Name].(*types.Func)
	if f == nil {
		return false
	}
	for v := range f.Signature().Results().Variables() {
		if l.oneOrMany(v.Type()) {
			return true
		}
	}
	return false
}

// oneOrMany reports the entity's type, or that of a list of it.
func (l *lock) oneOrMany(t types.Type) bool {
	if t == nil {
		return false
	}
	if p, ok := t.Underlying().(*types.Pointer); ok && !l.entity.Is(t) {
		t = p.Elem()
	}
	if list, ok := t.Underlying().(*types.Slice); ok {
		t = list.Elem()
	}
	return l.entity.Is(t)
}

// decodesElse reports a function that decodes the entity from something else than an item, or gets it from one which does.
func (l *lock) decodesElse(s *syntax.Site, depth int) bool {
	found := false
	ast.Inspect(s.Outermost(), func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok || found || syntax.CalledName(call) == nil {
			return !found
		}
		f := s.Callee(call)
		_, item := dynamo.Decodes(f)
		if f != nil && !item && decoder.MatchString(f.Name()) && slices.ContainsFunc(call.Args, func(a ast.Expr) bool {
			t := s.Info.TypeOf(a)
			return t != nil && write.FillsIn(t) && l.oneOrMany(t)
		}) {
			found = true
			return false
		}
		for _, of := range write.Implementations(s.Src, f) {
			fn, _ := syntax.Enclosing[*ast.FuncDecl](of)
			found = found || depth < 3 && fn != nil && l.givesAny(of, fn) && l.decodesElse(of, depth+1)
		}
		return !found
	})
	return found
}

// decoder matches functions that fill what they are given from bytes.
var decoder = regexp.MustCompile(`^(Unmarshal|Decode|Bind|ShouldBind|Parse)`)

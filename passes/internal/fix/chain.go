package fix

import (
	"go/ast"
	"go/types"
	"slices"
	"strings"

	"github.com/ddbvet/ddbvet/passes/finding"
)

// A chain are the functions between the place where read and write meet and the SDK call. What the place knows of the read
// has to pass through them for a condition: each gets a twin that takes it, or, where nobody else calls it, the parameters.
type chain struct {
	src   *Source
	d     *draft
	links []*link
	// request is the SDK call in the last function.
	request *request
	// params are what the functions take in addition.
	params []param
	// what says, for a comment, which item the twins are for, suffix how they are named.
	what, suffix string
}

// A link is one function and its call in the function before.
type link struct {
	at   *site
	call *ast.CallExpr
	of   *site
	decl *ast.FuncDecl
	fn   *types.Func
	// called is what the call names: fn, or a method of an interface.
	called *types.Func
	// name is the twin's; that of the function itself where it is changed in place.
	name string
}

// A param is a parameter of a basic type.
type param struct{ name, typ string }

// chained is linked for a write whose input is written out in its function.
func (src *Source) chained(f *finding.Finding) (*chain, bool) {
	c, ok := src.linked(f)
	return c, ok && !c.request.made
}

// linked finds the functions between a finding's place and its write; ok is false where one is not seen.
func (src *Source) linked(f *finding.Finding) (*chain, bool) {
	via := f.Writes[0].Via
	if !src.Whole || len(via) == 0 || len(via) > 4 {
		return nil, false
	}
	r, ok := src.request(f.Writes[0])
	if !ok {
		return nil, false
	}
	c := &chain{src: src, d: src.draft(), request: r}
	for i, frame := range via {
		at, ok := src.at(finding.Pos{File: frame.File, Line: frame.Line})
		if i == 0 {
			at, ok = src.at(f.Pos)
		}
		if !ok {
			return nil, false
		}
		in := r.site
		if i+1 < len(via) {
			if in, ok = src.at(finding.Pos{File: via[i+1].File, Line: via[i+1].Line}); !ok {
				return nil, false
			}
		}
		l, ok := newLink(at, in, frame.Line)
		if !ok {
			return nil, false
		}
		c.links = append(c.links, l)
	}
	return c, true
}

// newLink finds the call, on a line, of the function around a place.
func newLink(at, in *site, line int) (*link, bool) {
	decl, ok := enclosing[*ast.FuncDecl](in)
	if !ok || decl.Body == nil || ast.IsGenerated(in.file) || ast.IsGenerated(at.file) {
		return nil, false
	}
	if _, closure := enclosing[*ast.FuncLit](in); closure {
		return nil, false
	}
	fn, _ := in.Info.Defs[decl.Name].(*types.Func)
	if fn == nil || fn.Signature().Variadic() {
		return nil, false
	}
	l := &link{of: in.around(decl.Body), decl: decl, fn: fn}
	ast.Inspect(at.outermost(), func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok || l.call != nil || at.src.Fset.Position(call.Lparen).Line != line {
			return l.call == nil
		}
		if f := at.callee(call); f != nil && f.Name() == fn.Name() && len(call.Args) == fn.Signature().Params().Len() {
			l.call, l.called, l.at = call, f.Origin(), at.around(call)
		}
		return l.call == nil
	})
	return l, l.call != nil && !l.call.Ellipsis.IsValid()
}

// argument gives what a call gives for a parameter of the link's function; nil when the variable is none.
func (l *link) argument(v *types.Var) ast.Expr {
	if v == nil || len(l.of.assignments(v)) > 0 {
		return nil
	}
	if i := l.of.parameter(l.decl, v); i >= 0 && i < len(l.call.Args) {
		return l.call.Args[i]
	}
	return nil
}

// fits reports that the parameters' names are free in all functions, and names the twins.
func (c *chain) fits() bool {
	for i, l := range c.links {
		for _, p := range c.params {
			if !l.of.free(p.name) {
				return false
			}
		}
		l.name = strings.TrimSuffix(l.fn.Name(), "If") + c.suffix // putIf is followed by putIfVersion
		// The body of a twin calls what the function calls, which is then called twice.
		twice := i > 0 && c.links[i-1].name != c.links[i-1].fn.Name()
		if !twice && c.sole(l) {
			l.name = l.fn.Name()
		}
	}
	for _, l := range c.links {
		if l.name != l.fn.Name() && !c.nameIsFree(l) {
			return false
		}
	}
	return true
}

// sole reports a function that nothing else calls, so that it can be changed in place.
func (c *chain) sole(l *link) bool {
	if l.called != l.fn || (&request{site: l.of}).callsOf(l.decl) != 1 {
		return false
	}
	return !slices.ContainsFunc(c.src.Tests, func(f *ast.File) bool { return mentionsName(f, l.fn.Name()) })
}

// mentionsName reports code in which a name stands.
func mentionsName(in ast.Node, name string) bool {
	found := false
	ast.Inspect(in, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && id.Name == name {
			found = true
		}
		return !found
	})
	return found
}

func (c *chain) nameIsFree(l *link) bool {
	if recv := l.fn.Signature().Recv(); recv != nil {
		obj, _, _ := types.LookupFieldOrMethod(recv.Type(), true, l.fn.Pkg(), l.name)
		if obj != nil {
			return false
		}
	} else if l.of.Types.Scope().Lookup(l.name) != nil {
		return false
	}
	return !slices.ContainsFunc(c.src.Tests, func(f *ast.File) bool { return mentionsName(f, l.name) })
}

// write makes all functions of the chain take the parameters; args are given where read and write meet, and guarded puts the
// condition on the request, in a draft of its own.
func (c *chain) write(args []string, guarded func(*draft) bool) bool {
	for i, l := range c.links {
		sub := c.src.draft()
		if l.name != l.fn.Name() {
			sub.swap(l.of, l.decl.Name, l.name)
		}
		c.takes(sub, l.of.file, l.decl.Type)
		if i+1 < len(c.links) {
			names := make([]string, len(c.params))
			for j, p := range c.params {
				names[j] = p.name
			}
			c.links[i+1].give(sub, names)
		} else if !guarded(sub) {
			return false
		}
		if l.name == l.fn.Name() {
			c.d.merge(sub)
			continue
		}
		text, ok := sub.within(l.of.file, l.decl)
		if !ok {
			return false
		}
		c.d.keepImports(sub)
		c.d.insert(l.of.file, l.decl.End(), "\n\n// "+l.name+" is "+l.fn.Name()+" for "+c.what+".\n"+text)
		if l.called != l.fn && !c.behind(l) {
			return false
		}
	}
	c.links[0].give(c.d, args)
	return true
}

// takes adds the parameters to a signature.
func (c *chain) takes(d *draft, f *ast.File, t *ast.FuncType) {
	d.insert(f, t.Params.Closing, c.more(t))
}

// more are the parameters as they are added to a list.
func (c *chain) more(t *ast.FuncType) string {
	var list []string
	unnamed := t.Params.NumFields() > 0 && len(t.Params.List[0].Names) == 0
	for _, p := range c.params {
		if unnamed {
			list = append(list, p.typ)
		} else {
			list = append(list, p.name+" "+p.typ)
		}
	}
	text := strings.Join(list, ", ")
	fset := c.src.Fset
	switch {
	case t.Params.NumFields() == 0:
		return text
	case fset.Position(t.Params.List[len(t.Params.List)-1].End()).Line < fset.Position(t.Params.Closing).Line:
		return text + ",\n"
	}
	return ", " + text
}

// give calls the twin, with more arguments.
func (l *link) give(d *draft, args []string) {
	id := calledName(l.call)
	if id.Name != l.name {
		d.swap(l.at, id, l.name)
	}
	text := strings.Join(args, ", ")
	fset := d.src.Fset
	switch n := len(l.call.Args); {
	case n == 0:
	case fset.Position(l.call.Args[n-1].End()).Line < fset.Position(l.call.Rparen).Line:
		text += ",\n"
	default:
		text = ", " + text
	}
	d.insert(l.at.file, l.call.Rparen, text)
}

// calledName is the name in a call.
func calledName(call *ast.CallExpr) *ast.Ident {
	fun := ast.Unparen(call.Fun)
	switch x := fun.(type) {
	case *ast.IndexExpr:
		fun = x.X
	case *ast.IndexListExpr:
		fun = x.X
	}
	switch x := fun.(type) {
	case *ast.Ident:
		return x
	case *ast.SelectorExpr:
		return x.Sel
	}
	return nil
}

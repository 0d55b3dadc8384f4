// Package chain carries a condition down the calls that lead to a write: functions on the way get parameters, and those that
// others call as well get a twin.
package chain

import (
	"go/ast"
	"go/types"
	"slices"
	"strings"

	"github.com/ddbvet/ddbvet/passes/finding"
	"github.com/ddbvet/ddbvet/passes/internal/dynamo"
	"github.com/ddbvet/ddbvet/passes/internal/fix/syntax"
	"github.com/ddbvet/ddbvet/passes/internal/fix/write"
)

// A Chain are the functions between the place where read and write meet and the SDK call. What the place knows of the read
// has to pass through them for a condition: each gets a twin that takes it, or, where nobody else calls it, the parameters.
type Chain struct {
	Src   *syntax.Source
	D     *syntax.Draft
	Links []*Link
	// Request is the SDK call in the last function.
	Request *write.Request
	// Params are what the functions take in addition.
	Params []Param
	// What says, for a comment, which item the twins are for, suffix how they are named.
	What, Suffix string
}

// A Link is one function and its call in the function before.
type Link struct {
	At   *syntax.Site
	Call *ast.CallExpr
	Of   *syntax.Site
	Decl *ast.FuncDecl
	Fn   *types.Func
	// Called is what the call names: fn, or a method of an interface.
	Called *types.Func
	// Name is the twin's; that of the function itself where it is changed in place.
	Name string
}

// A Param is a parameter of a basic type.
type Param struct{ Name, Typ string }

// Of is linked for a write whose input is written out in its function.
func Of(src *syntax.Source, f *finding.Finding) (*Chain, bool) {
	c, ok := Linked(src, f)
	return c, ok && !c.Request.Made
}

// Linked finds the functions between a finding's place and its write; ok is false where one is not seen.
func Linked(src *syntax.Source, f *finding.Finding) (*Chain, bool) {
	via := f.Writes[0].Via
	if !src.Whole || len(via) == 0 || len(via) > 4 {
		return nil, false
	}
	r, ok := write.RequestOf(src, f.Writes[0])
	if !ok || oneOfMany(r) {
		return nil, false
	}
	c := &Chain{Src: src, D: src.Draft(), Request: r}
	for i, frame := range via {
		at, ok := src.At(finding.Pos{File: frame.File, Line: frame.Line})
		if i == 0 {
			at, ok = src.At(f.Pos)
		}
		if !ok {
			return nil, false
		}
		in := r.Site
		if i+1 < len(via) {
			if in, ok = src.At(finding.Pos{File: via[i+1].File, Line: via[i+1].Line}); !ok {
				return nil, false
			}
		}
		l, ok := NewLink(at, in, frame.Line)
		if !ok {
			return nil, false
		}
		c.Links = append(c.Links, l)
	}
	return c, true
}

// oneOfMany reports a request or an action that a loop makes for each of a list: what one of them demands, the others would as well.
// A loop that tries again is none.
func oneOfMany(r *write.Request) bool {
	_, action := dynamo.ActionType(r.Of.Info.TypeOf(r.Lit))
	return slices.ContainsFunc(r.Of.Around(r.Lit).Path, func(n ast.Node) bool {
		switch n.(type) {
		case *ast.RangeStmt:
			return true
		case *ast.ForStmt:
			return action
		}
		return false
	})
}

// NewLink finds the call, on a line, of the function around a place.
func NewLink(at, in *syntax.Site, line int) (*Link, bool) {
	decl, ok := syntax.Enclosing[*ast.FuncDecl](in)
	if !ok || decl.Body == nil || ast.IsGenerated(in.File) || ast.IsGenerated(at.File) {
		return nil, false
	}
	if _, closure := syntax.Enclosing[*ast.FuncLit](in); closure {
		return nil, false
	}
	fn, _ := in.Info.Defs[decl.Name].(*types.Func)
	if fn == nil || fn.Signature().Variadic() {
		return nil, false
	}
	l := &Link{Of: in.Around(decl.Body), Decl: decl, Fn: fn}
	ast.Inspect(at.Outermost(), func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok || l.Call != nil || at.Src.Fset.Position(call.Lparen).Line != line {
			return l.Call == nil
		}
		if f := at.Callee(call); f != nil && f.Name() == fn.Name() && len(call.Args) == fn.Signature().Params().Len() {
			l.Call, l.Called, l.At = call, f.Origin(), at.Around(call)
		}
		return l.Call == nil
	})
	return l, l.Call != nil && !l.Call.Ellipsis.IsValid()
}

// Argument gives what a call gives for a parameter of the link's function; nil when the variable is none.
func (l *Link) Argument(v *types.Var) ast.Expr {
	if v == nil || len(l.Of.Assignments(v)) > 0 {
		return nil
	}
	if i := l.Of.Parameter(l.Decl, v); i >= 0 && i < len(l.Call.Args) {
		return l.Call.Args[i]
	}
	return nil
}

// Fits reports that the parameters' names are free in all functions, and names the twins.
func (c *Chain) Fits() bool {
	for i, l := range c.Links {
		for _, p := range c.Params {
			if !l.Of.Free(p.Name) {
				return false
			}
		}
		l.Name = strings.TrimSuffix(l.Fn.Name(), "If") + c.Suffix // putIf is followed by putIfVersion
		// The body of a twin calls what the function calls, which is then called twice.
		twice := i > 0 && c.Links[i-1].Name != c.Links[i-1].Fn.Name()
		if !twice && l.Sole(c.Src) {
			l.Name = l.Fn.Name()
		}
	}
	for _, l := range c.Links {
		if l.Name != l.Fn.Name() && !c.nameIsFree(l) {
			return false
		}
	}
	return true
}

// Sole reports a function that nothing else calls, so that it can be changed in place.
func (l *Link) Sole(src *syntax.Source) bool {
	if l.Called != l.Fn || (&write.Request{Site: l.Of}).CallsOf(l.Decl) != 1 {
		return false
	}
	return !slices.ContainsFunc(src.Tests, func(f *ast.File) bool { return MentionsName(f, l.Fn.Name()) })
}

// MentionsName reports code in which a name stands.
func MentionsName(in ast.Node, name string) bool {
	found := false
	ast.Inspect(in, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && id.Name == name {
			found = true
		}
		return !found
	})
	return found
}

func (c *Chain) nameIsFree(l *Link) bool {
	if recv := l.Fn.Signature().Recv(); recv != nil {
		obj, _, _ := types.LookupFieldOrMethod(recv.Type(), true, l.Fn.Pkg(), l.Name)
		if obj != nil {
			return false
		}
	} else if l.Of.Types.Scope().Lookup(l.Name) != nil {
		return false
	}
	return !slices.ContainsFunc(c.Src.Tests, func(f *ast.File) bool { return MentionsName(f, l.Name) })
}

// Write makes all functions of the chain take the parameters; args are given where read and write meet, and guarded puts the
// condition on the request, in a draft of its own.
func (c *Chain) Write(args []string, guarded func(*syntax.Draft) bool) bool {
	for i, l := range c.Links {
		sub := c.Src.Draft()
		if l.Name != l.Fn.Name() {
			sub.Swap(l.Of, l.Decl.Name, l.Name)
		}
		c.takes(sub, l.Of.File, l.Decl.Type)
		if i+1 < len(c.Links) {
			names := make([]string, len(c.Params))
			for j, p := range c.Params {
				names[j] = p.Name
			}
			c.Links[i+1].Give(sub, names)
		} else if !guarded(sub) {
			return false
		}
		if l.Name == l.Fn.Name() {
			merge(c.D, sub)
			continue
		}
		text, ok := within(sub, l.Of.File, l.Decl)
		if !ok {
			return false
		}
		keepImports(c.D, sub)
		c.D.Insert(l.Of.File, l.Decl.End(), "\n\n// "+l.Name+" is "+l.Fn.Name()+" for "+c.What+".\n"+text)
		if l.Called != l.Fn && !c.behind(l) {
			return false
		}
	}
	c.Links[0].Give(c.D, args)
	return true
}

// takes adds the parameters to a signature.
func (c *Chain) takes(d *syntax.Draft, f *ast.File, t *ast.FuncType) {
	d.Insert(f, t.Params.Closing, c.more(t))
}

// more are the parameters as they are added to a list.
func (c *Chain) more(t *ast.FuncType) string {
	var list []string
	unnamed := t.Params.NumFields() > 0 && len(t.Params.List[0].Names) == 0
	for _, p := range c.Params {
		if unnamed {
			list = append(list, p.Typ)
		} else {
			list = append(list, p.Name+" "+p.Typ)
		}
	}
	text := strings.Join(list, ", ")
	fset := c.Src.Fset
	switch {
	case t.Params.NumFields() == 0:
		return text
	case fset.Position(t.Params.List[len(t.Params.List)-1].End()).Line < fset.Position(t.Params.Closing).Line:
		return text + ",\n"
	}
	return ", " + text
}

// Give calls the twin, with more arguments.
func (l *Link) Give(d *syntax.Draft, args []string) {
	id := syntax.CalledName(l.Call)
	if id.Name != l.Name {
		d.Swap(l.At, id, l.Name)
	}
	text := strings.Join(args, ", ")
	fset := d.Src.Fset
	switch n := len(l.Call.Args); {
	case n == 0:
	case fset.Position(l.Call.Args[n-1].End()).Line < fset.Position(l.Call.Rparen).Line:
		text += ",\n"
	default:
		text = ", " + text
	}
	d.Insert(l.At.File, l.Call.Rparen, text)
}

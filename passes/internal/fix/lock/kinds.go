package lock

import (
	"go/ast"
	"go/token"
	"strings"

	"github.com/ddbvet/ddbvet/passes/finding"
	"github.com/ddbvet/ddbvet/passes/internal/dynamo"
	"github.com/ddbvet/ddbvet/passes/internal/fix/syntax"
	"github.com/ddbvet/ddbvet/passes/internal/fix/write"
)

// A table may hold items of many kinds, which the constant parts of their keys tell apart: USER#1 is no ORDER#1. Only the kind that a
// version is for is to count it.

// A keyPart is what is constant of a key attribute: all of it, or what it begins with.
type keyPart struct {
	text  string
	whole bool
}

// otherKind reports an update whose key cannot be that of an item which the finding has read.
func (l *lock) otherKind(u *write.Request) bool {
	theirs := keyParts(u.Site, u.Lit)
	if len(theirs) == 0 {
		return false
	}
	other := false
	for _, a := range l.f.Reads {
		s, ok := l.Src.At(finding.Pos{File: a.File, Line: a.Line, Col: a.Col})
		if !ok {
			return false
		}
		_, input := write.SdkCall(s)
		if input == nil {
			return false
		}
		lit, _ := write.InputLiteral(s, input)
		if lit == nil || !apart(theirs, keyParts(s, lit)) {
			return false
		}
		other = true
	}
	return other
}

// apart reports keys that differ in what is constant of an attribute.
func apart(a, b map[string]keyPart) bool {
	for name, x := range a {
		y, ok := b[name]
		if ok && (!strings.HasPrefix(x.text, y.text) || y.whole && x.text != y.text) && (!strings.HasPrefix(y.text, x.text) || x.whole && x.text != y.text) {
			return true
		}
	}
	return false
}

// keyParts gives what is constant in the key of a request's literal: by the attributes, or by the arguments of the function that
// makes the key.
func keyParts(s *syntax.Site, lit *ast.CompositeLit) map[string]keyPart {
	kv := write.Field(lit, dynamo.Key)
	if kv == nil {
		return nil
	}
	parts := map[string]keyPart{}
	note := func(name string, e ast.Expr) {
		if p := constantPart(s, e, 0); p.text != "" {
			parts[name] = p
		}
	}
	if key, _ := write.InputLiteral(s, kv.Value); key != nil {
		for _, e := range key.Elts {
			pair, ok := e.(*ast.KeyValueExpr)
			if !ok {
				continue
			}
			name, known := s.Constant(pair.Key)
			value := write.Literal(pair.Value)
			if !known || value == nil || len(value.Elts) != 1 {
				continue
			}
			if inner, ok := value.Elts[0].(*ast.KeyValueExpr); ok {
				note(name, inner.Value)
			}
		}
		return parts
	}
	if call, ok := ast.Unparen(kv.Value).(*ast.CallExpr); ok && s.CalledFunc(call) != nil {
		for i, a := range call.Args {
			note(s.CalledFunc(call).FullName()+" "+string(rune('0'+i%10)), a)
		}
	}
	return parts
}

// constantPart gives what is constant at the beginning of a text: of a constant, a concatenation, a call of fmt.Sprintf, or of a
// function that returns one of these.
func constantPart(s *syntax.Site, e ast.Expr, depth int) keyPart {
	if text, ok := s.Constant(e); ok {
		return keyPart{text, true}
	}
	if depth > 4 {
		return keyPart{}
	}
	switch x := ast.Unparen(e).(type) {
	case *ast.BinaryExpr:
		if x.Op == token.ADD {
			p := constantPart(s, x.X, depth+1)
			return keyPart{text: p.text}
		}
	case *ast.Ident:
		if v := s.Variable(x); v != nil && s.Definition(v) != nil {
			return constantPart(s, s.Definition(v), depth+1)
		}
	case *ast.CallExpr:
		if arg := write.StringArg(s, x); arg != nil {
			return constantPart(s, arg, depth+1)
		}
		f := s.CalledFunc(x)
		if f == nil || f.Pkg() == nil {
			return keyPart{}
		}
		if f.FullName() == "fmt.Sprintf" {
			format, _ := s.Constant(x.Args[0])
			before, _, verbs := strings.Cut(format, "%")
			return keyPart{before, !verbs}
		}
		of, fn := s.Src.Declared(f)
		if fn == nil || fn.Body == nil || len(fn.Body.List) != 1 {
			return keyPart{}
		}
		if ret, ok := fn.Body.List[0].(*ast.ReturnStmt); ok && len(ret.Results) == 1 {
			return constantPart(of.Around(ret), ret.Results[0], depth+1)
		}
	}
	return keyPart{}
}

package decision

import (
	"go/ast"
	"strings"

	"github.com/ddbvet/ddbvet/passes/finding"
	"github.com/ddbvet/ddbvet/passes/internal/dynamo"
	"github.com/ddbvet/ddbvet/passes/internal/fix/lock"
	"github.com/ddbvet/ddbvet/passes/internal/fix/syntax"
	"github.com/ddbvet/ddbvet/passes/internal/fix/write"
)

// CreateOnce makes a put that follows a look whether the item is there demand that it is not.
func CreateOnce(src *syntax.Source, f *finding.Finding) (finding.Fix, bool) {
	key, ok := AbsentKey(src, f)
	if !ok {
		return finding.Fix{}, false
	}
	r, ok := write.Guardable(src, f.Writes[0])
	if !ok || !strings.HasSuffix(f.Writes[0].Op, "PutItem") && write.Action(f.Writes[0].Op) != dynamo.Put {
		return finding.Fix{}, false
	}
	if len(f.Writes[0].Via) > 0 && !createsOnly(r) {
		return finding.Fix{}, false
	}
	d := src.Draft()
	g := &write.Guard{R: r}
	g.Text = "attribute_not_exists(" + g.Name(key) + ")"
	if !g.Put(d) {
		return finding.Fix{}, false
	}
	return d.Fix(CreateTitle(key)+write.Refused(f), true)
}

// CreateTitle is the title of a fix that makes a put demand that its key is new.
func CreateTitle(key string) string {
	return "put the item only if there is none (attribute_not_exists(" + key + "))"
}

// AbsentKey gives a key attribute of the item whose absence a finding's write depends on, and on nothing else of it.
func AbsentKey(src *syntax.Source, f *finding.Finding) (string, bool) {
	key := ""
	for _, n := range f.Needs {
		if n.What != "absence" || n.Read < 0 || n.Read >= len(f.Reads) || f.Reads[n.Read].Op != "GetItem" {
			return "", false
		}
		read := f.Reads[n.Read]
		if len(read.Key) > 0 {
			key = read.Key[0]
		} else if key = keyOf(src, read); key == "" {
			return "", false
		}
	}
	return key, key != ""
}

// keyOf gives the first key attribute of a read whose key a function makes.
func keyOf(src *syntax.Source, read finding.Access) string {
	s, ok := src.At(finding.Pos{File: read.File, Line: read.Line, Col: read.Col})
	if !ok {
		return ""
	}
	_, input := write.SdkCall(s)
	if input == nil {
		return ""
	}
	lit, _ := write.InputLiteral(s, input)
	if lit == nil {
		return ""
	}
	kv := write.Field(lit, dynamo.Key)
	if kv == nil {
		return ""
	}
	e := kv.Value
	if v := s.Variable(e); v != nil {
		if e = s.Definition(v); e == nil {
			return ""
		}
	}
	for range 3 { // a method may leave it to a function
		call, ok := ast.Unparen(e).(*ast.CallExpr)
		if !ok {
			return ""
		}
		at, fn := src.Declared(s.Callee(call))
		if fn == nil || fn.Body == nil || len(fn.Body.List) == 0 {
			return ""
		}
		if name := firstName(at, fn.Body); name != "" {
			return name
		}
		ret, ok := fn.Body.List[len(fn.Body.List)-1].(*ast.ReturnStmt)
		if !ok || len(ret.Results) == 0 {
			return ""
		}
		s, e = at, ret.Results[0]
	}
	return ""
}

// firstName gives the first attribute of the item that a function makes.
func firstName(s *syntax.Site, body *ast.BlockStmt) string {
	name := ""
	note := func(e ast.Expr) {
		if text, ok := s.Constant(e); ok && name == "" {
			name = text
		}
	}
	ast.Inspect(body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CompositeLit:
			if t := s.Info.TypeOf(n); t != nil && syntax.IsItem(t) && len(n.Elts) > 0 {
				if kv, ok := n.Elts[0].(*ast.KeyValueExpr); ok {
					note(kv.Key)
				}
			}
		case *ast.AssignStmt:
			if index, ok := n.Lhs[0].(*ast.IndexExpr); ok && syntax.IsItem(s.Info.TypeOf(index.X)) {
				note(index.Index)
			}
		}
		return true
	})
	return name
}

// createsOnly reports that the function around a put makes new items for all its callers: its name says so, or the one
// place that it is called from is that of the finding.
func createsOnly(r *write.Request) bool {
	fn, ok := syntax.Enclosing[*ast.FuncDecl](r.Site)
	if !ok {
		return false
	}
	if !r.Src.Whole && fn.Name.IsExported() {
		return false
	}
	if lock.Creating.MatchString(fn.Name.Name) {
		return true
	}
	return r.CallsOf(fn) == 1
}

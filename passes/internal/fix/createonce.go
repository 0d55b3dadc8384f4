package fix

import (
	"go/ast"
	"go/types"
	"strings"

	"github.com/ddbvet/ddbvet/passes/finding"
	"github.com/ddbvet/ddbvet/passes/internal/dynamo"
)

// createOnce makes a put that follows a look whether the item is there demand that it is not.
func createOnce(src *Source, f *finding.Finding) (finding.Fix, bool) {
	key, ok := src.absentKey(f)
	if !ok {
		return finding.Fix{}, false
	}
	r, ok := src.guardable(f.Writes[0])
	if !ok || !strings.HasSuffix(f.Writes[0].Op, "PutItem") && action(f.Writes[0].Op) != dynamo.Put {
		return finding.Fix{}, false
	}
	if len(f.Writes[0].Via) > 0 && !r.createsOnly() {
		return finding.Fix{}, false
	}
	d := src.draft()
	g := &guard{r: r}
	g.text = "attribute_not_exists(" + g.name(key) + ")"
	if !g.put(d) {
		return finding.Fix{}, false
	}
	return d.fix(createTitle(key)+refused(f), true)
}

func createTitle(key string) string {
	return "put the item only if there is none (attribute_not_exists(" + key + "))"
}

// absentKey gives a key attribute of the item whose absence a finding's write depends on, and on nothing else of it.
func (src *Source) absentKey(f *finding.Finding) (string, bool) {
	key := ""
	for _, n := range f.Needs {
		if n.What != "absence" || n.Read < 0 || n.Read >= len(f.Reads) || f.Reads[n.Read].Op != "GetItem" {
			return "", false
		}
		read := f.Reads[n.Read]
		if len(read.Key) > 0 {
			key = read.Key[0]
		} else if key = src.keyOf(read); key == "" {
			return "", false
		}
	}
	return key, key != ""
}

// keyOf gives the first key attribute of a read whose key a function makes.
func (src *Source) keyOf(read finding.Access) string {
	s, ok := src.at(finding.Pos{File: read.File, Line: read.Line, Col: read.Col})
	if !ok {
		return ""
	}
	_, input := s.sdkCall()
	if input == nil {
		return ""
	}
	lit, _ := s.literal(input)
	if lit == nil {
		return ""
	}
	kv := field(lit, dynamo.Key)
	if kv == nil {
		return ""
	}
	e := kv.Value
	if v := s.variable(e); v != nil {
		if e = s.definition(v); e == nil {
			return ""
		}
	}
	for range 3 { // a method may leave it to a function
		call, ok := ast.Unparen(e).(*ast.CallExpr)
		if !ok {
			return ""
		}
		at, fn := src.declared(s.callee(call))
		if fn == nil || fn.Body == nil || len(fn.Body.List) == 0 {
			return ""
		}
		if name := at.firstName(fn.Body); name != "" {
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
func (s *site) firstName(body *ast.BlockStmt) string {
	name := ""
	note := func(e ast.Expr) {
		if text, ok := s.constant(e); ok && name == "" {
			name = text
		}
	}
	ast.Inspect(body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CompositeLit:
			if t := s.Info.TypeOf(n); t != nil && isItem(t) && len(n.Elts) > 0 {
				if kv, ok := n.Elts[0].(*ast.KeyValueExpr); ok {
					note(kv.Key)
				}
			}
		case *ast.AssignStmt:
			if index, ok := n.Lhs[0].(*ast.IndexExpr); ok && isItem(s.Info.TypeOf(index.X)) {
				note(index.Index)
			}
		}
		return true
	})
	return name
}

// createsOnly reports that the function around a put makes new items for all its callers: its name says so, or the one
// place that it is called from is that of the finding.
func (r *request) createsOnly() bool {
	fn, ok := enclosing[*ast.FuncDecl](r.site)
	if !ok {
		return false
	}
	if !r.src.Whole && fn.Name.IsExported() {
		return false
	}
	if creating.MatchString(fn.Name.Name) {
		return true
	}
	return r.callsOf(fn) == 1
}

// callsOf counts the calls in the source of functions with the name and the signature of a declared one: also through
// interfaces, and of what holds it as a value. It counts two where a value's calls are not seen.
func (r *request) callsOf(fn *ast.FuncDecl) int {
	mine, _ := r.Info.Defs[fn.Name].(*types.Func)
	if mine == nil {
		return 0
	}
	calls := 0
	for _, pkg := range r.src.Packages {
		for id, uses := range pkg.Info.Uses {
			f, ok := uses.(*types.Func)
			if ok && f.Name() == mine.Name() && shape(f.Signature()) == shape(mine.Signature()) {
				calls += r.src.callsBy(pkg, id)
			}
		}
	}
	return calls
}

// shape writes a signature without the names of its parameters.
func shape(sig *types.Signature) string {
	text := ""
	for _, list := range []*types.Tuple{sig.Params(), sig.Results()} {
		for v := range list.Variables() {
			text += types.TypeString(v.Type(), nil) + ","
		}
		text += ";"
	}
	return text
}

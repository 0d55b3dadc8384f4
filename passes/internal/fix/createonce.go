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
	key, ok := absentKey(f)
	if !ok {
		return finding.Fix{}, false
	}
	r, ok := src.request(f.Writes[0])
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
func absentKey(f *finding.Finding) (string, bool) {
	key := ""
	for _, n := range f.Needs {
		if n.What != "absence" || n.Read < 0 || n.Read >= len(f.Reads) || len(f.Reads[n.Read].Key) == 0 || f.Reads[n.Read].Op != "GetItem" {
			return "", false
		}
		key = f.Reads[n.Read].Key[0]
	}
	return key, key != ""
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
// interfaces.
func (r *request) callsOf(fn *ast.FuncDecl) int {
	mine, _ := r.Info.Defs[fn.Name].(*types.Func)
	if mine == nil {
		return 0
	}
	calls := 0
	for _, pkg := range r.src.Packages {
		for _, uses := range pkg.Info.Uses {
			f, ok := uses.(*types.Func)
			if ok && f.Name() == mine.Name() && types.TypeString(f.Signature(), nil) == types.TypeString(mine.Signature(), nil) {
				calls++
			}
		}
	}
	return calls
}

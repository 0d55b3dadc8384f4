package summary

import (
	"go/types"
	"strconv"
	"strings"

	"golang.org/x/tools/go/ssa"
)

// FuncID identifies a declared function or method across packages. All instances of a generic function
// share the identifier of their origin.
func FuncID(f *types.Func) string { return f.Origin().FullName() }

// ssaID identifies an SSA function: by its declaration, or as the n-th closure of its parent.
func ssaID(fn *ssa.Function) string {
	if o := fn.Origin(); o != nil {
		fn = o
	}
	if obj, ok := fn.Object().(*types.Func); ok && obj != nil {
		return FuncID(obj)
	}
	if parent := fn.Parent(); parent != nil {
		for i, anon := range parent.AnonFuncs {
			if anon == fn {
				return ssaID(parent) + "$" + strconv.Itoa(i+1)
			}
		}
	}
	if fn.Pkg != nil {
		return fn.Pkg.Pkg.Path() + "." + fn.Name()
	}
	return fn.String()
}

// TypeID writes a type with full package paths; a pointer is identified with what it points to.
func TypeID(t types.Type) string {
	t = types.Unalias(t)
	if p, ok := t.(*types.Pointer); ok {
		t = p.Elem()
	}
	return types.TypeString(t, nil)
}

// ShortID drops the directories of package paths in an identifier: what a Go programmer writes.
func ShortID(id string) string {
	var b strings.Builder
	start := 0
	for i := 0; i < len(id); i++ {
		switch c := id[i]; {
		case c == '/':
			start = i + 1
		case strings.IndexByte("()[]*, $", c) >= 0:
			b.WriteString(id[start : i+1])
			start = i + 1
		}
	}
	b.WriteString(id[start:])
	return b.String()
}

func isStd(path string) bool {
	root, _, _ := strings.Cut(path, "/")
	switch root {
	case "archive", "bufio", "bytes", "cmp", "compress", "container", "context", "crypto", "database", "debug",
		"embed", "encoding", "errors", "expvar", "flag", "fmt", "go", "hash", "html", "image", "index", "io", "iter",
		"log", "maps", "math", "mime", "net", "os", "path", "plugin", "reflect", "regexp", "runtime", "slices",
		"sort", "strconv", "strings", "structs", "sync", "syscall", "testing", "text", "time", "unicode", "unique",
		"unsafe", "vendor", "weak":
		return true
	}
	return false
}

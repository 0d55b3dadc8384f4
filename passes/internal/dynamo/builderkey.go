package dynamo

import (
	"go/types"
	"strings"
)

// builderPrefix marks the symbolic call of a function of package expression, of either SDK.
const builderPrefix = "expression."

// BuilderKey is the name under which summaries keep a call of a function of package expression: the same
// for both SDKs.
func BuilderKey(fn *types.Func) (string, bool) {
	if _, ok := BuilderOf(fn); !ok {
		return "", false
	}
	name := fn.Name()
	if recv := fn.Signature().Recv(); recv != nil {
		_, typ := named(recv.Type())
		name = typ + "." + name
	}
	return builderPrefix + name, true
}

// BuilderNamed returns what the function that BuilderKey named does.
func BuilderNamed(key string) (Builder, bool) {
	name, ok := strings.CutPrefix(key, builderPrefix)
	if !ok {
		return Builder{}, false
	}
	b, ok := builders[name]
	return b, ok
}

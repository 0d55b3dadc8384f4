package dynamo

import "strings"

// inProcess are the types whose values remember things in the memory of one process, as their methods' full names begin.
var inProcess = []string{
	"(*sync.Map).",
	"(*github.com/hashicorp/golang-lru", "(github.com/hashicorp/golang-lru",
	"(*github.com/patrickmn/go-cache.", "(github.com/patrickmn/go-cache.",
	"(*github.com/dgraph-io/ristretto", "(*github.com/allegro/bigcache", "(*github.com/coocood/freecache",
	"(*github.com/golang/groupcache/lru.", "(*github.com/jellydator/ttlcache", "(*github.com/bits-and-blooms/bloom",
}

// InProcess reports a function, by its full name, that looks something up in the memory of the process: another process
// does not find it there.
func InProcess(fullName string) bool {
	for _, prefix := range inProcess {
		if strings.HasPrefix(fullName, prefix) {
			return true
		}
	}
	return false
}

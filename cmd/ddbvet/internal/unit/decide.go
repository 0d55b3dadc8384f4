package unit

import (
	"os"
	"strings"

	"github.com/ddbvet/ddbvet/cmd/ddbvet/internal/suite"
)

// Options are what the decision depends on: flags of the vettool, and what the analysis knows of packages.
type Options struct {
	// Tests keeps _test.go files.
	Tests bool
	// Handover tells that the gate runs us: every package of the local modules hands its summaries over.
	Handover bool
	// Packages says which packages the analysis knows by heart, and through which one comes to speak of DynamoDB.
	Packages suite.Packages
}

// A decision is what becomes of a unit.
type decision struct {
	// skip: the unit gets empty facts and is not parsed.
	skip bool
	// files are the files that are left when it is not skipped.
	files []string
	// report: the unit hands over though the go command asked for facts only.
	report bool
}

// decide takes the decision from the configuration alone.
func decide(c *config, o Options) decision {
	d := decision{files: c.GoFiles}
	if !o.Tests {
		// The go command gives a package together with its tests: without their files that unit is the package
		// itself, and a unit of external tests is empty.
		d.files = withoutTests(c.GoFiles)
	}
	if len(d.files) == 0 || !c.relevant(o.Packages) {
		return decision{skip: true}
	}
	d.report = o.Handover && c.isLocal()
	return d
}

// relevant tells whether summaries of the unit can mean anything. Local packages are always summarised: a
// service behind ports imports no SDK at all. Their module's requirements are not asked: the go command
// would keep the empty facts when the SDK is required later.
func (c *config) relevant(known suite.Packages) bool {
	if known.Table(c.path()) {
		return false
	}
	if c.isLocal() {
		return true
	}
	for _, path := range c.ImportMap {
		if known.Entrance(path) || c.carriesFacts(path) {
			return true
		}
	}
	return false
}

// carriesFacts tells whether a direct import was summarised.
func (c *config) carriesFacts(path string) bool {
	file, ok := c.PackageVetx[path]
	if !ok {
		return false
	}
	info, err := os.Stat(file)
	return err == nil && info.Size() > 0
}

func withoutTests(files []string) []string {
	var kept []string
	for _, f := range files {
		if !strings.HasSuffix(f, "_test.go") {
			kept = append(kept, f)
		}
	}
	return kept
}

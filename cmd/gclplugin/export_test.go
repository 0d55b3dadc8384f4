package gclplugin

import "golang.org/x/tools/go/analysis"

// Plain lets tests see what becomes of a diagnostic.
func Plain(a *analysis.Analyzer) *analysis.Analyzer { return plain(a) }

package gclplugin

// Plain lets tests see what becomes of a diagnostic.
var Plain = plain

package output

import (
	"bytes"
	"encoding/json"
	"html"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// clicks goes through the page as a reader does, and leaves what it saw in the document.
const clicks = `<pre id="seen"></pre><script>
const seen = {clicked: [], wide: document.documentElement.scrollWidth > window.innerWidth,
  dots: document.querySelectorAll(".step").length, alert: typeof window.hacked,
  fix: [...document.querySelectorAll("pre .add, pre .del")].map(l => l.textContent).join(" | ")};
for (const b of document.querySelectorAll(".filter button")) {
  b.click();
  seen.clicked.push([...document.querySelectorAll("article")].filter(a => a.offsetHeight > 0).map(a => a.id).join(" "));
}
document.querySelector(".filter button").click();
for (const d of document.querySelectorAll("details")) d.querySelector("summary").click();
seen.open = document.querySelectorAll("details[open]").length;
seen.wide = seen.wide || document.documentElement.scrollWidth > window.innerWidth;
seen.over = [...document.querySelectorAll("article *")].filter(e => !e.closest("pre") && e.clientWidth > 0 && !e.matches(".head") && e.scrollWidth > e.clientWidth + 1).map(e => e.outerHTML).join();
document.getElementById("seen").textContent = JSON.stringify(seen);
</script>`

func chromium(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	t.Skip("no Chromium")
	return ""
}

func browse(t *testing.T, args ...string) []byte {
	t.Helper()
	args = append([]string{"--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--user-data-dir=" + t.TempDir()}, args...)
	out, err := exec.CommandContext(t.Context(), chromium(t), args...).Output()
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestHTMLInBrowser looks at the page with a browser as wide as a phone.
func TestHTMLInBrowser(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a browser")
	}
	run, findings := sample(t)
	findings[0].Check, findings[1].Check = "lostupdate", "weakguard"
	page := render(t, func(b *bytes.Buffer) Handler { return HTML(b, run) }, findings)
	file := filepath.Join(t.TempDir(), "page.html")
	if err := os.WriteFile(file, []byte(strings.Replace(page, "</body>", clicks+"</body>", 1)), 0o666); err != nil {
		t.Fatal(err)
	}
	dom := browse(t, "--window-size=400,900", "--dump-dom", "file://"+file)
	m := regexp.MustCompile(`<pre id="seen">(.*?)</pre>`).FindSubmatch(dom)
	if m == nil {
		t.Fatalf("the page's script did not run:\n%s", dom)
	}
	var seen struct {
		Clicked    []string
		Wide       bool
		Dots, Open int
		// Over are the elements, code aside, that are wider than their place.
		Alert, Fix, Over string
	}
	if err := json.Unmarshal([]byte(html.UnescapeString(string(m[1]))), &seen); err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(seen.Clicked, ", "); got != "f1 f2, f1, f2" {
		t.Errorf("the filter shows %s", got)
	}
	if seen.Dots != 4 || seen.Open != 3 || seen.Wide || seen.Over != "" || seen.Alert != "undefined" {
		t.Errorf("%+v", seen)
	}
	if want := "−    /* é 漢 😀 */ put(<-ch) | +    /* é 漢 😀 */ putIf</pre>(<-ch)"; seen.Fix != want {
		t.Errorf("the fix is %q, want %q", seen.Fix, want)
	}
}

// TestHTMLScreenshot makes sure that there is something to see, in light and in dark, on a desktop and on a phone. SCREENSHOTS
// names a folder that keeps the pictures.
func TestHTMLScreenshot(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a browser")
	}
	run, findings := sample(t)
	dir := t.TempDir()
	if keep := os.Getenv("SCREENSHOTS"); keep != "" {
		dir = keep
	}
	file := filepath.Join(dir, "page.html")
	if err := os.WriteFile(file, []byte(render(t, func(b *bytes.Buffer) Handler { return HTML(b, run) }, findings)), 0o666); err != nil {
		t.Fatal(err)
	}
	bright := make(map[string]bool)
	for scheme, number := range map[string]string{"dark": "0", "light": "1"} {
		for width, device := range map[string]string{"1200": "desktop", "400": "phone"} {
			picture := filepath.Join(dir, scheme+"-"+device+".png")
			browse(t, "--window-size="+width+",1200", "--blink-settings=preferredColorScheme="+number, "--screenshot="+picture, "file://"+file)
			colors, isBright := look(t, picture)
			if colors < 10 {
				t.Errorf("%s: only %d colours: the page is empty", picture, colors)
			}
			bright[scheme] = isBright
		}
	}
	if bright["dark"] || !bright["light"] {
		t.Errorf("light and dark are not what they say: %v", bright)
	}
}

// look counts the colours of a picture, and tells whether its corner is bright.
func look(t *testing.T, picture string) (colors int, bright bool) {
	t.Helper()
	f, err := os.Open(picture)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	img, err := png.Decode(f)
	if err != nil {
		t.Fatal(err)
	}
	seen := make(map[[3]uint32]bool)
	for y := img.Bounds().Min.Y; y < img.Bounds().Max.Y; y += 2 {
		for x := img.Bounds().Min.X; x < img.Bounds().Max.X; x += 2 {
			r, g, b, _ := img.At(x, y).RGBA()
			seen[[3]uint32{r, g, b}] = true
		}
	}
	r, _, _, _ := img.At(img.Bounds().Min.X, img.Bounds().Min.Y).RGBA()
	return len(seen), r > 0x8000
}

package postman

// The part of the collection format 2.1 that is written.

type collection struct {
	Info      info      `json:"info"`
	Items     []*folder `json:"item"`
	Auth      *auth     `json:"auth"`
	Variables []pair    `json:"variable"`
}

type info struct {
	Name        string `json:"name"`
	Description string `json:"description"`
	Schema      string `json:"schema"`
}

type folder struct {
	Name        string `json:"name"`
	Description string `json:"description"`
	Items       []item `json:"item"`
}

type item struct {
	Name      string     `json:"name"`
	Events    []event    `json:"event,omitempty"`
	Request   request    `json:"request"`
	Responses []response `json:"response"`
}

type event struct {
	Listen string `json:"listen"`
	Script script `json:"script"`
}

type script struct {
	Type string   `json:"type"`
	Exec []string `json:"exec"`
}

type request struct {
	Method      string       `json:"method"`
	Auth        *auth        `json:"auth,omitempty"`
	Headers     []header     `json:"header"`
	Body        *requestBody `json:"body,omitempty"`
	URL         requestURL   `json:"url"`
	Description string       `json:"description,omitempty"`
}

type requestBody struct {
	Mode    string `json:"mode"`
	Raw     string `json:"raw"`
	Options struct {
		Raw struct {
			Language string `json:"language"`
		} `json:"raw"`
	} `json:"options"`
}

type requestURL struct {
	Raw       string   `json:"raw"`
	Host      []string `json:"host"`
	Path      []string `json:"path"`
	Query     []pair   `json:"query,omitempty"`
	Variables []pair   `json:"variable,omitempty"`
}

type response struct {
	Name     string   `json:"name"`
	Original request  `json:"originalRequest"`
	Code     int      `json:"code"`
	Language string   `json:"_postman_previewlanguage"`
	Headers  []header `json:"header"`
	Body     string   `json:"body"`
}

type header struct {
	Key   string `json:"key"`
	Value string `json:"value"`
}

type auth struct {
	Type   string `json:"type"`
	APIKey []pair `json:"apikey,omitempty"`
}

type pair struct {
	Key         string `json:"key"`
	Value       string `json:"value"`
	Type        string `json:"type,omitempty"`
	Description string `json:"description,omitempty"`
	Disabled    bool   `json:"disabled,omitempty"`
}

// keepToken puts the token of an answer, and its project, where the other
// requests take them from.
var keepToken = event{Listen: "test", Script: script{Type: "text/javascript", Exec: []string{
	`const token = pm.response.headers.get("X-Subject-Token");`,
	`if (token) pm.collectionVariables.set("token", token);`,
	`const body = pm.response.json();`,
	`if (body.token && body.token.project) pm.collectionVariables.set("project_id", body.token.project.id);`,
}}}

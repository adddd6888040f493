package conformance

// mapLeaves copies a JSON value with other leaves: leaf gets the path of each, in
// which * stands for the elements of an array, and gives what takes its place.
func mapLeaves(at string, v any, leaf func(at string, v any) any) any {
	switch v := v.(type) {
	case object:
		copied := make(object, len(v))
		for name, member := range v {
			copied[name] = mapLeaves(at+"/"+name, member, leaf)
		}
		return copied
	case []any:
		copied := make([]any, len(v))
		for i, element := range v {
			copied[i] = mapLeaves(at+"/*", element, leaf)
		}
		return copied
	default:
		return leaf(at, v)
	}
}

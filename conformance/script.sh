# Shows a history of requests that a target does not answer as documented.
# For a POSIX shell with curl and awk. What it creates, it deletes at its end.
# Exit status 1: the problem shows; 0: it does not.
: "${TOKEN:?a token for the project}"
export LC_ALL=C
NOW=$(($(date +%s) - 1))
FROM=$((NOW - 3600))000
TO=$((NOW + 3600))000
DIR=$(mktemp -d) || exit 2
: >"$DIR/made"

# ask METHOD URL sends its standard input and keeps status and body.
ask() {
	STEP=$((${STEP:-0} + 1))
	BODY=$DIR/body-$CLIENT
	echo "client $CLIENT, step $STEP: $1 $2"
	STATUS=$(curl -s -o "$BODY" -w '%{http_code}' -X "$1" -H "X-Auth-Token: $TOKEN" \
		-H 'Content-Type: application/json' --data-binary @- "$2")
}

# flat prints the body as lines such as log_groups.0.ttl_in_days=7.
flat() {
	awk '
	{ text = text $0 "\n" }
	END {
		depth = 0
		while (match(text, /"([^"\\]|\\.)*"|[-+.a-zA-Z0-9]+|[][{}:,]/)) {
			token = substr(text, RSTART, RLENGTH)
			text = substr(text, RSTART + RLENGTH)
			if (token == "{" || token == "[") {
				kind[++depth] = token
				name[depth] = token == "[" ? 0 : ""
				key = token == "{"
			} else if (token == "}" || token == "]") {
				depth--
				key = 0
			} else if (token == ",") {
				if (kind[depth] == "[") name[depth]++
				else key = 1
			} else if (token == ":") {
				key = 0
			} else {
				gsub(/^"|"$/, "", token)
				if (key) { name[depth] = token; continue }
				path = name[1]
				for (i = 2; i <= depth; i++) path = path "." name[i]
				print path "=" token
			}
		}
	}' "$BODY"
}

# member NAME prints a member of the body.
member() { flat | awk -v name="$1" 'index($0, name "=") == 1 { print substr($0, length(name) + 2) }'; }

# rows ARRAY MEMBER... prints a line for each element of an array of the body,
# or for the body itself when ARRAY is empty.
rows() {
	array=$1
	shift
	flat | awk -v array="$array" -v members="$*" '
	BEGIN { n = split(members, m, " "); if (array == "") count = 1 }
	{
		eq = index($0, "=")
		path = substr($0, 1, eq - 1)
		i = 0
		if (array != "") {
			if (index(path, array ".") != 1) next
			path = substr(path, length(array) + 2)
			dot = index(path, ".")
			i = substr(path, 1, dot - 1) + 0
			path = substr(path, dot + 1)
			if (i >= count) count = i + 1
		}
		value[i, path] = substr($0, eq + 1)
	}
	END {
		for (i = 0; i < count; i++) {
			line = value[i, m[1]]
			for (j = 2; j <= n; j++) line = line " " value[i, m[j]]
			print line
		}
	}'
}

# made METHOD URL notes how something is deleted.
made() { echo "$1 $2" >>"$DIR/made"; }

wrong() {
	echo "WRONG: $1"
	cat "$BODY"
	echo
	: >"$DIR/wrong"
}

# want STATUS [CODE] compares status and error code.
want() {
	CODE=$(member error_code)
	[ "$STATUS $CODE" = "$1 $2" ] || wrong "$1 $2 is documented, $STATUS $CODE came"
}

# same WANT GOT compares tables.
same() {
	[ "$1" = "$2" ] || wrong "documented:
$1
came:
$2"
}

# until_is URL MEMBER VALUE waits for what takes its time.
until_is() {
	for second in 1 2 3 4 5 6 7 8 9 10; do
		ask GET "$1" </dev/null
		[ "$(member "$2")" != "$3" ] || return 0
		sleep "$((second / 2))"
	done
}

cleanup() {
	awk '{ line[NR] = $0 } END { for (i = NR; i; i--) print line[i] }' "$DIR/made" |
		while read -r method url; do
			curl -s -o /dev/null -X "$method" -H "X-Auth-Token: $TOKEN" "$url"
		done
	[ ! -e "$DIR/wrong" ]
	RESULT=$?
	rm -r "$DIR"
	exit "$RESULT"
}
trap cleanup EXIT


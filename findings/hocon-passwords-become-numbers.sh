#!/usr/bin/env bash
# Package: com.typesafe:config (Maven); pyhocon (PyPI)
# Version: 1.4.3; 0.3.63
# Expected: what is not quoted in HOCON is text up to the end of its line, and `get_string` and `getString` return it as it is
#   written; `#` and `//` begin a comment. The two readers agree, and single quotes are quotes, as in YAML and TOML.
# Seen: single quotes are a part of the value for both. In an unquoted value `//` is a comment for the first and text for the second, and
#   `:` stops the first and not the second. pyhocon makes numbers and durations of the text before it is asked for: the
#   password `0123456` is `123456`, `1e5` is `100000.0`, and `10 m` is `0:10:00`.
# Date: 2026-11-30
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
mvn -q -B dependency:copy -Dartifact=com.typesafe:config:1.4.3 -DoutputDirectory=jars > /dev/null
python3 -m venv env
env/bin/pip install --quiet pyhocon==0.3.63

# How the password is written, what Java makes of it, and what Python does.
cat > cases <<'CASES'
"pa#ss"	pa#ss	pa#ss
pa ss1	pa ss1	pa ss1
pa#ss1	pa	pa
pa//ss1	pa	pa//ss1
pa:ss1	refused	pa:ss1
'pa ss1'	'pa ss1'	'pa ss1'
"pa"ss"1"	pass1	pass1
0123456	0123456	123456
1e5	1e5	100000.0
10 m	10 m	0:10:00
CASES
cat > Read.java <<'JAVA'
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import java.nio.file.Files;
import java.nio.file.Path;

public class Read {
    public static void main(String[] args) throws Exception {
        for (String line : Files.readAllLines(Path.of("cases"))) {
            String text = "password = " + line.split("\t")[0] + "\nuser = ann\n";
            try {
                System.out.println(ConfigFactory.parseString(text).resolve().getString("password"));
            } catch (ConfigException error) {
                System.out.println("refused");
            }
        }
    }
}
JAVA
cat > read.py <<'PY'
from pyhocon import ConfigFactory

with open("cases") as lines:
    for line in lines:
        text = "password = " + line.split("\t")[0] + "\nuser = ann\n"
        print(ConfigFactory.parse_string(text).get_string("password"))
PY
java -cp 'jars/*' Read.java > java
env/bin/python read.py > python
paste <(cut -f 1 cases) java python | tee seen | column -t -s $'\t'
diff cases seen || { echo changed; exit 1; }

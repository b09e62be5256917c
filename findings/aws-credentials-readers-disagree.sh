#!/usr/bin/env bash
# Package: botocore (PyPI), @smithy/shared-ini-file-loader (npm), software.amazon.awssdk:profiles (Maven)
# Version: botocore 1.44.8, shared-ini-file-loader 4.7.2, profiles 2.31.0
# Expected: AWS's own libraries read one ~/.aws/credentials alike: the key of a profile is the same for a program in Python,
#   JavaScript and Java, or all of them refuse the file
# Seen: a comment behind a key (`= KEY # of the build`) is a part of the key for Python (boto3, the command line) and cut
#   off by the other two. A name in capitals (AWS_SECRET_ACCESS_KEY) is found by Python and passed over by the other two. A
#   profile that is written twice is joined by them, and Python refuses the whole file for it, for all profiles. So a key
#   that one tool uses, another sends with its comment or does not see.
# Date: 2026-11-30
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv env
env/bin/pip install --quiet botocore==1.44.8
npm init -y > /dev/null
npm install --silent --no-audit --no-fund --ignore-scripts @smithy/shared-ini-file-loader@4.7.2
cat > pom.xml <<'XML'
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion><groupId>a</groupId><artifactId>a</artifactId><version>1</version>
  <dependencies>
    <dependency><groupId>software.amazon.awssdk</groupId><artifactId>profiles</artifactId><version>2.31.0</version></dependency>
  </dependencies>
</project>
XML
mvn -q -B dependency:copy-dependencies -DoutputDirectory=jars > /dev/null

# Each program prints the key that each of the profiles named has in the file named.
cat > read.py <<'PY'
import sys
import botocore.configloader
try:
    profiles = botocore.configloader.raw_config_parse(sys.argv[1])
except Exception as error:
    sys.exit(print("python", sys.argv[1], type(error).__name__))
for name in sys.argv[2:]:
    print("python", name, "[" + profiles[name].get("aws_secret_access_key", "") + "]")
PY
cat > read.mjs <<'JS'
import { loadSharedConfigFiles } from '@smithy/shared-ini-file-loader'
const [file, ...names] = process.argv.slice(2)
const { credentialsFile } = await loadSharedConfigFiles({ filepath: file, configFilepath: '/dev/null' })
for (const name of names) {
  console.log('node', name, `[${credentialsFile[name].aws_secret_access_key ?? ''}]`)
}
JS
cat > Read.java <<'JAVA'
import software.amazon.awssdk.profiles.ProfileFile;

public class Read {
    public static void main(String[] arguments) {
        var file = ProfileFile.builder().content(java.nio.file.Path.of(arguments[0])).type(ProfileFile.Type.CREDENTIALS).build();
        for (int at = 1; at < arguments.length; at++) {
            var profile = file.profile(arguments[at]).orElseThrow();
            System.out.printf("java %s [%s]%n", arguments[at], profile.property("aws_secret_access_key").orElse(""));
        }
    }
}
JAVA
cat > plain <<'INI'
[comment]
aws_access_key_id = made-up-id
aws_secret_access_key = made-up-1 # of the build

[capitals]
AWS_ACCESS_KEY_ID = made-up-id
AWS_SECRET_ACCESS_KEY = made-up-2
INI
{ cat plain; printf '\n[comment]\nregion = eu-central-1\n'; } > twice
for file in plain twice; do
  env/bin/python read.py $file comment capitals
  node read.mjs $file comment capitals
  java -cp 'jars/*' Read.java $file comment capitals 2> /dev/null
done > seen
cat plain seen
others='node comment [made-up-1]
node capitals []
java comment [made-up-1]
java capitals []'
diff seen - <<SEEN
python comment [made-up-1 # of the build]
python capitals [made-up-2]
$others
python twice ConfigParseError
$others
SEEN

#!/usr/bin/env bash
# Package: org.apache.activemq:artemis-commons (Maven)
# Version: 2.40.0
# Expected: what `artemis mask` prints for ENC(…) in broker.xml is hex: an even number of digits, 16 for each block of the
#   cipher, so that a pattern of hex digits finds all masked passwords
# Seen: it is a signed number in base 16: every second password has a minus before it (`ENC(-6086db7e…)`), with the digits
#   of its complement, and leading zeros are missing, so that some have 15 or 31 digits.
# Date: 2026-11-29
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
for jar in org.apache.activemq:artemis-commons:2.40.0 org.slf4j:slf4j-api:2.0.17 org.jboss.logging:jboss-logging:3.6.1.Final; do
  mvn -q -B dependency:copy -Dartifact="$jar" -DoutputDirectory=jars
done
ls jars

cat > Mask.java <<'JAVA'
import org.apache.activemq.artemis.utils.DefaultSensitiveStringCodec;

public class Mask {
    public static void main(String[] arguments) throws Exception {
        var codec = new DefaultSensitiveStringCodec();
        codec.init(new java.util.HashMap<>());
        int signed = 0, odd = 0;
        for (int number = 0; number < 400; number++) {
            String password = number + "-a-password", masked = codec.encode(password);
            if (!codec.decode(masked).equals(password)) throw new IllegalStateException(masked);
            String digits = masked.startsWith("-") ? masked.substring(1) : masked;
            signed += masked.startsWith("-") ? 1 : 0;
            odd += digits.length() % 2;
            if (number < 4) System.out.println(password + ": " + masked);
        }
        System.out.println(signed + " of 400 have a sign, " + odd + " an odd number of digits");
        System.exit(signed > 100 && signed < 300 && odd > 0 ? 0 : 1);
    }
}
JAVA
java -cp 'jars/*' Mask.java

#!/usr/bin/env bash
# Package: com.mysql:mysql-connector-j, org.mariadb.jdbc:mariadb-java-client, org.postgresql:postgresql (Maven Central)
# Version: 9.4.0, 3.5.5, 42.7.7
# Expected: `?password=…` of a JDBC URL is read alike by the drivers: it is percent-decoded, and a sign that is not escaped
#   (`#`, `+`) is refused by all or taken as it is by all; MySQL's and MariaDB's driver read each other's URLs
# Seen: MariaDB's driver decodes nothing: `pa%2Bss`, which is right for the other two, is sent with the percent sign in it, and a
#   password with `&` cannot be written at all. For MySQL's and PostgreSQL's `pa+ss` is `pa ss`. MySQL's ends the
#   password at `#`, so that `pa#ss` is `pa`; for the others `#` is a part of it. Nothing warns: the login fails.
# Date: 2026-11-30
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
for artifact in com.mysql:mysql-connector-j:9.4.0 org.mariadb.jdbc:mariadb-java-client:3.5.5 org.postgresql:postgresql:42.7.7; do
  mvn -q -B dependency:copy -Dartifact="$artifact" -DoutputDirectory=jars > /dev/null
done
ls jars

cat > Read.java <<'JAVA'
import java.sql.Driver;
import java.sql.DriverPropertyInfo;
import java.util.Properties;

public class Read {
    static String of(Driver driver, String url) throws Exception {
        for (DriverPropertyInfo property : driver.getPropertyInfo(url, new Properties())) {
            if (property.name.equals("password") && property.value != null) {
                return property.value;
            }
        }
        return "none";
    }

    public static void main(String[] passwords) throws Exception {
        for (String password : passwords) {
            String rest = "://db.test/shop?user=ann&password=" + password;
            System.out.printf("%s mysql [%s]%n", password, of(new com.mysql.cj.jdbc.Driver(), "jdbc:mysql" + rest));
            System.out.printf("%s mariadb [%s]%n", password, org.mariadb.jdbc.Configuration.parse("jdbc:mariadb" + rest).password());
            System.out.printf("%s postgresql [%s]%n", password, of(new org.postgresql.Driver(), "jdbc:postgresql" + rest));
        }
    }
}
JAVA
java -cp 'jars/*' Read.java 'pa#ss' 'pa+ss' 'pa%2Bss' 'pa%26ss' | tee seen
diff seen - <<'SEEN'
pa#ss mysql [pa]
pa#ss mariadb [pa#ss]
pa#ss postgresql [pa#ss]
pa+ss mysql [pa ss]
pa+ss mariadb [pa+ss]
pa+ss postgresql [pa ss]
pa%2Bss mysql [pa+ss]
pa%2Bss mariadb [pa%2Bss]
pa%2Bss postgresql [pa+ss]
pa%26ss mysql [pa&ss]
pa%26ss mariadb [pa%26ss]
pa%26ss postgresql [pa&ss]
SEEN

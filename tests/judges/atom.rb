# Reads feeds with the validating parser of Ruby's own library, and says what it holds against them: one line for each fault,
# and one at the end with how many entries it read. "-" reads a feed from the input.

require 'rss'

entries = 0
ARGV.each do |file|
  entries += RSS::Parser.parse(file == '-' ? $stdin.read : File.read(file), true).entries.size
rescue RSS::Error => error
  puts "#{file}: #{error.message}"
end
puts "#{entries} entries"

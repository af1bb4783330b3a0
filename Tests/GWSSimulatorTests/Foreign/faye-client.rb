# usage: ruby faye-client.rb BASE-URL AGENT PASSWORD
#
# An agent's telephone desk of a few lines, with Faye's Bayeux client and Ruby's HTTP: logs in, subscribes, answers the
# first call that rings, and leaves when it is established. Prints what it sees, a line for each.
begin
  require 'base64'
  require 'json'
  require 'net/http'
  require 'faye'
rescue LoadError => error
  warn "#{error.message}: Debian's package ruby-faye is missing (apt-get install ruby-faye)"
  exit 69
end

$stdout.sync = true
base, agent, password = ARGV
abort "usage: #{$PROGRAM_NAME} BASE-URL AGENT PASSWORD" unless password

# Every cookie is kept, whoever set it: the session's, and the load balancer's.
login = Net::HTTP::Get.new(URI("#{base}/api/v2/me"))
login.basic_auth(agent, password)
response = Net::HTTP.start(login.uri.host, login.uri.port) { |http| http.request(login) }
abort "the login was answered #{response.code}" unless response.code == '200'
set_cookies = response.get_fields('Set-Cookie') || []
csrf_header = response['X-CSRF-HEADER']
csrf_token = csrf_header && response[csrf_header]
puts "logged in as #{JSON.parse(response.body)['user']['userName']}"

def answer(call, cookies, csrf_header, csrf_token)
  request = Net::HTTP::Post.new(URI(call['uri']), 'Content-Type' => 'application/json')
  request['Cookie'] = cookies.map { |cookie| cookie[/\A[^;]*/] }.join('; ')
  request[csrf_header] = csrf_token if csrf_header
  request.body = JSON.generate('operationName' => 'Answer')
  response = Net::HTTP.start(request.uri.host, request.uri.port) { |http| http.request(request) }
  JSON.parse(response.body)['statusCode']
end

EM.run do
  endpoint = "#{base}/api/v2/notifications"
  client = Faye::Client.new(endpoint, timeout: 30)
  client.disable('websocket')
  client.set_header(csrf_header, csrf_token) if csrf_header
  # The client has a cookie jar of its own and no door to it; a Cookie header would be replaced by what is in the jar.
  jar = client.instance_variable_get(:@dispatcher).cookies
  set_cookies.each { |cookie| jar.set_cookie(endpoint, cookie) }

  subscription = client.subscribe('/v2/me/*') do |data|
    call = data['call'] or next
    puts "#{data['notificationType']} #{call['state']}"
    case call['state']
    when 'Ringing'
      EM.defer(
        proc { answer(call, set_cookies, csrf_header, csrf_token) },
        proc { |code| abort "Answer was refused with #{code}" unless code.zero? }
      )
    when 'Established'
      left = client.disconnect
      left.callback do
        puts 'disconnected'
        EM.stop
      end
      left.errback { |error| abort "the disconnect failed: #{error.message}" }
    end
  end
  subscription.callback { puts 'subscribed' }
  subscription.errback { |error| abort "the subscription failed: #{error.message}" }
  EM.add_timer(30) { abort 'nothing happened for 30 seconds' }
end
